/**
 * How do people use Triptych from a terminal or spark-submit? One class per command; options are
 * grouped as users think of them. Start at {@link dev.triptych.cli.Triptych}.
 */
@NullMarked
package dev.triptych.cli;

import org.jspecify.annotations.NullMarked;
