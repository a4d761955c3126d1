/** Which regressions are there? Subclasses of MLlib's own estimators that train elsewhere. */
@NullMarked
package dev.triptych.ml.regression;

import org.jspecify.annotations.NullMarked;
