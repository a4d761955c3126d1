/**
 * Inner loops that neither BLAS nor the JIT compiler does well: products of sparse rows with a
 * matrix. Start at {@link dev.triptych.core.kernel.RowCombination}. Knows arrays and nothing else.
 */
@NullMarked
package dev.triptych.core.kernel;

import org.jspecify.annotations.NullMarked;
