package dev.triptych.async.server;

import dev.triptych.async.protocol.ReplicaRequest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The parts of a state as they come in, in order. Not thread-safe. */
final class Installation {
  private final long epoch;
  private final long total;
  private final List<InputStream> parts = new ArrayList<>();
  private long received;

  Installation(long epoch, long total) {
    this.epoch = epoch;
    this.total = total;
  }

  long epoch() {
    return epoch;
  }

  /** Takes the next part; false if another one is next. */
  boolean add(ReplicaRequest.Install install) {
    if (install.epoch() != epoch
        || install.total() != total
        || install.offset() != received
        || received + install.part().length > total) {
      return false;
    }
    parts.add(new ByteArrayInputStream(install.part()));
    received += install.part().length;
    return true;
  }

  boolean isComplete() {
    return received == total;
  }

  InputStream bytes() {
    return new SequenceInputStream(Collections.enumeration(parts));
  }
}
