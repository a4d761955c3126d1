/** Which classifiers are there? Subclasses of MLlib's own estimators that train elsewhere. */
@NullMarked
package dev.triptych.ml.classification;

import org.jspecify.annotations.NullMarked;
