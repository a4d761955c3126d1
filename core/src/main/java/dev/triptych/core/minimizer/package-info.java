/**
 * Methods for whole objectives: L-BFGS and OWL-QN. They ask for F and its gradient at points of
 * their choice; who computes those, over which data and where, they do not know. Pure.
 */
@NullMarked
package dev.triptych.core.minimizer;

import org.jspecify.annotations.NullMarked;
