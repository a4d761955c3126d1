package dev.triptych.async.protocol;

import dev.triptych.core.model.InitialWeights;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;

/** Where a slice starts, on the wire: a rule of a few bytes, or all weights of a warm start. */
final class InitialWeightsCode {
  private static final byte DRAWN = 0;
  private static final byte GIVEN = 1;

  private InitialWeightsCode() {}

  static InitialWeights read(WireReader in) throws MalformedMessageException {
    byte kind = in.readByte();
    if (kind == GIVEN) {
      return new InitialWeights.Given(in.readDoubles());
    }
    if (kind != DRAWN) {
      throw new MalformedMessageException("initial weights of kind " + kind);
    }
    long seed = in.readLong();
    long start = in.readLong();
    int period = in.readInt();
    int zeros = in.readInt();
    long[] ends = in.readLongs();
    double[] scales = in.readDoubles();
    if (ends.length != scales.length) {
      throw new MalformedMessageException("initial weights with unequal ranges");
    }
    List<InitialWeights.Range> ranges = new ArrayList<>();
    for (int r = 0; r < ends.length; r++) {
      ranges.add(new InitialWeights.Range(ends[r], scales[r]));
    }
    return new InitialWeights.Drawn(seed, start, period, zeros, ranges);
  }

  static int lengthOf(InitialWeights weights) {
    if (weights instanceof InitialWeights.Given given) {
      return WireWriter.lengthOfArray(1, given.values().length, Double.BYTES);
    }
    int numRanges = ((InitialWeights.Drawn) weights).ranges().size();
    return 25
        + WireWriter.lengthOfArray(0, numRanges, Long.BYTES)
        + WireWriter.lengthOfArray(0, numRanges, Double.BYTES);
  }

  static void write(InitialWeights weights, WireWriter out) {
    if (weights instanceof InitialWeights.Given given) {
      out.putByte(GIVEN).putDoubles(DoubleBuffer.wrap(given.values()));
      return;
    }
    InitialWeights.Drawn drawn = (InitialWeights.Drawn) weights;
    List<InitialWeights.Range> ranges = drawn.ranges();
    out.putByte(DRAWN)
        .putLong(drawn.seed())
        .putLong(drawn.start())
        .putInt(drawn.period())
        .putInt(drawn.zeros())
        .putLongs(ranges.stream().mapToLong(InitialWeights.Range::end).toArray())
        .putDoubles(
            DoubleBuffer.wrap(ranges.stream().mapToDouble(InitialWeights.Range::scale).toArray()));
  }
}
