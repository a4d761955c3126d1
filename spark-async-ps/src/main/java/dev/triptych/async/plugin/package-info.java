/**
 * How does every executor get a parameter server, and how does the driver find it? Start at {@link
 * dev.triptych.async.plugin.TriptychPlugin}.
 */
@NullMarked
package dev.triptych.async.plugin;

import org.jspecify.annotations.NullMarked;
