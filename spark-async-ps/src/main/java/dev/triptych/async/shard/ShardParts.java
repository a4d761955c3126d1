package dev.triptych.async.shard;

import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.PagedVector;
import dev.triptych.async.store.Selection;
import dev.triptych.core.state.DamagedStateException;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import dev.triptych.core.training.SnapshotSchedule;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts of a machine's state as bytes; each write has its read. */
final class ShardParts {
  private ShardParts() {}

  static void writeSnapshots(StateWriter out, SnapshotSchedule<KeptSnapshot> snapshots)
      throws IOException {
    List<KeptSnapshot> kept = snapshots.kept();
    out.putLong(snapshots.interval()).putInt(kept.size());
    for (KeptSnapshot snapshot : kept) {
      out.putLong(snapshot.version())
          .putLong(snapshot.nanos())
          .putLong(snapshot.numExamples())
          .putLong(snapshot.bytes())
          .putLong(snapshot.maxStaleness());
      snapshot.weights().writeTo(out);
    }
  }

  static SnapshotSchedule<KeptSnapshot> readSnapshots(StateReader in, ShardSettings settings)
      throws IOException {
    SnapshotSchedule<KeptSnapshot> snapshots =
        new SnapshotSchedule<>(in.readLong(), settings.snapshotLimit());
    int count = in.readCount(settings.snapshotLimit());
    for (int k = 0; k < count; k++) {
      KeptSnapshot snapshot =
          new KeptSnapshot(
              in.readLong(),
              in.readLong(),
              in.readLong(),
              in.readLong(),
              in.readLong(),
              PagedVector.read(in, settings.length()));
      snapshots.keep(snapshot.version(), snapshot);
    }
    return snapshots;
  }

  /** What an update of the clock needs of a push: all but its next pull. */
  static void writePush(StateWriter out, PushRequest push) throws IOException {
    out.putLong(push.attempt())
        .putLong(push.sequence())
        .putLong(push.versionRead())
        .putInt(push.numExamples());
    int[] positions = push.gradient().positions();
    out.putBoolean(positions != null);
    if (positions != null) {
      out.putInts(positions);
    }
    out.putVector(push.gradient().values());
  }

  static PushRequest readPush(StateReader in, int worker, int length) throws IOException {
    long attempt = in.readLong();
    long sequence = in.readLong();
    long versionRead = in.readLong();
    int numExamples = in.readInt();
    int[] positions = in.readBoolean() ? in.readInts(length) : null;
    double[] values = in.readVector(length);
    if (positions != null && positions.length != values.length) {
      throw new DamagedStateException("a gradient without its positions");
    }
    Gradient gradient =
        positions == null ? Gradient.dense(values) : Gradient.sparse(positions, values);
    if (!gradient.fits(length)) {
      throw new DamagedStateException("a gradient that does not fit");
    }
    return new PushRequest(worker, attempt, sequence, versionRead, numExamples, gradient, null);
  }

  static ArrivalOrder readOrder(StateReader in, int numWorkers) throws IOException {
    long[] columns = in.readLongs(1 << 28);
    try {
      return ArrivalOrder.of(numWorkers, columns);
    } catch (IllegalArgumentException e) {
      throw new DamagedStateException("an order of arrivals with " + e.getMessage());
    }
  }

  static void writeSent(StateWriter out, @Nullable SentWeights sent) throws IOException {
    out.putBoolean(sent != null);
    if (sent == null) {
      return;
    }
    out.putLong(sent.clock()).putLong(sent.version());
    writeSelection(out, sent.selection());
    out.putVector(sent.values());
  }

  static @Nullable SentWeights readSent(StateReader in, int length) throws IOException {
    if (!in.readBoolean()) {
      return null;
    }
    long clock = in.readLong();
    long version = in.readLong();
    Selection selection = readSelection(in, length);
    double[] values = in.readVector(length);
    int[] positions = selection.positions();
    if (values.length != (positions == null ? length : positions.length)) {
      throw new DamagedStateException("sent weights without their keys");
    }
    return new SentWeights(clock, version, selection, values);
  }

  static void writeSelection(StateWriter out, Selection selection) throws IOException {
    int[] positions = selection.positions();
    out.putBoolean(positions != null);
    if (positions != null) {
      out.putInts(positions);
    }
  }

  static Selection readSelection(StateReader in, int length) throws IOException {
    if (!in.readBoolean()) {
      return Selection.all();
    }
    Selection selection = Selection.of(in.readInts(length));
    if (!selection.fits(length)) {
      throw new DamagedStateException("keys that do not fit");
    }
    return selection;
  }
}
