package dev.triptych.ml.training;

import dev.triptych.core.model.Model;
import dev.triptych.core.model.Regularizer;
import org.jspecify.annotations.Nullable;

/**
 * What a fit minimises and how long it tries.
 *
 * @param model over the standardised features
 * @param labels how labels become the model's
 * @param standardisation of the features
 * @param regularizer of the weights of the standardised features
 * @param maxIter iterations of {@code lbfgs}
 * @param tol tolerance of {@code lbfgs}
 * @param start weights of the features as they are, or null to start as the model does
 */
@SuppressWarnings("ArrayRecordComponent")
public record Problem(
    Model model,
    Examples.Labels labels,
    Standardisation standardisation,
    Regularizer regularizer,
    int maxIter,
    double tol,
    double @Nullable [] start) {}
