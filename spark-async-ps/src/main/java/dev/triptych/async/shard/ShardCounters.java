package dev.triptych.async.shard;

import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import java.io.IOException;

/** What a shard counts for its {@link ShardStatus}, where the words are explained. */
final class ShardCounters {
  long bytesReceived;
  long bytesSent;
  long bytesPlain;
  long maxClockGap;
  long numDuplicates;
  long numFenced;
  long numDiscarded;

  static ShardCounters read(StateReader in) throws IOException {
    ShardCounters counters = new ShardCounters();
    counters.bytesReceived = in.readLong();
    counters.bytesSent = in.readLong();
    counters.bytesPlain = in.readLong();
    counters.maxClockGap = in.readLong();
    counters.numDuplicates = in.readLong();
    counters.numFenced = in.readLong();
    counters.numDiscarded = in.readLong();
    return counters;
  }

  void writeTo(StateWriter out) throws IOException {
    out.putLong(bytesReceived)
        .putLong(bytesSent)
        .putLong(bytesPlain)
        .putLong(maxClockGap)
        .putLong(numDuplicates)
        .putLong(numFenced)
        .putLong(numDiscarded);
  }
}
