/**
 * What do the tests of all modules share? Spark sessions, local clusters, the data mirror. Never
 * published.
 */
@NullMarked
package dev.triptych.testing;

import org.jspecify.annotations.NullMarked;
