/**
 * What is being minimised? {@link dev.triptych.core.model.Objective} is the only place where the
 * mean and the regularizer meet.
 */
@NullMarked
package dev.triptych.core.model;

import org.jspecify.annotations.NullMarked;
