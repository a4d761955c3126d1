/**
 * What is the problem, and how does one step towards its solution look? Data blocks, losses,
 * models, the objective, optimizers, step sizes, stragglers, and the record of a training run.
 * Start reading at {@link dev.triptych.core.model.Objective}. Nothing here knows Spark, threads,
 * sockets or clocks.
 */
@NullMarked
package dev.triptych.core;

import org.jspecify.annotations.NullMarked;
