/**
 * How does MLlib's own estimator do on the same problem? A fourth line in the comparison, never
 * part of the product.
 */
@NullMarked
package dev.triptych.peer;

import org.jspecify.annotations.NullMarked;
