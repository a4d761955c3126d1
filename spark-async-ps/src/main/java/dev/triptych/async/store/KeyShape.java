package dev.triptych.async.store;

/**
 * What decides how ascending positions are written most briefly.
 *
 * @param numRuns of consecutive positions
 * @param gapBytes of all gaps as varints, a gap being the number of positions left out before one
 * @param runBytes of all runs as two varints each: the gap before it, its length − 1
 */
public record KeyShape(int numRuns, long gapBytes, long runBytes) {
  static KeyShape of(int[] positions) {
    int numRuns = 0;
    long gapBytes = 0;
    long runBytes = 0;
    int previous = -1;
    int runStart = 0;
    for (int k = 0; k < positions.length; k++) {
      int gap = positions[k] - previous - 1;
      int bytes = varintLength(gap);
      gapBytes += bytes;
      if (gap > 0 || k == 0) {
        if (k > 0) {
          runBytes += varintLength(k - runStart - 1);
        }
        numRuns++;
        runStart = k;
        runBytes += bytes;
      }
      previous = positions[k];
    }
    if (positions.length > 0) {
      runBytes += varintLength(positions.length - runStart - 1);
    }
    return new KeyShape(numRuns, gapBytes, runBytes);
  }

  /** Bytes of a non-negative number, seven bits in each. */
  public static int varintLength(int value) {
    return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }
}
