/**
 * Which params do our estimators have beyond MLlib's? Start at {@link
 * dev.triptych.ml.param.ModeParams}.
 */
@NullMarked
package dev.triptych.ml.param;

import org.jspecify.annotations.NullMarked;
