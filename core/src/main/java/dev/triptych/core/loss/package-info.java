/**
 * How much does a wrong score cost? One small class per loss; {@link dev.triptych.core.loss.Losses}
 * finds them by name.
 */
@NullMarked
package dev.triptych.core.loss;

import org.jspecify.annotations.NullMarked;
