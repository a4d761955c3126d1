/**
 * How fast is it, beside what? One class with a {@code main} per benchmark, run by {@code
 * bin/benchmark NAME}; figures and commands are in {@code docs/benchmarks.md}. Never published.
 */
@NullMarked
package dev.triptych.benchmarks;

import org.jspecify.annotations.NullMarked;
