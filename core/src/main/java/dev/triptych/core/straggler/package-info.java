/**
 * How long must a mini-batch take at least? Slow workers and compute delays, as numbers, without
 * sleeping.
 */
@NullMarked
package dev.triptych.core.straggler;

import org.jspecify.annotations.NullMarked;
