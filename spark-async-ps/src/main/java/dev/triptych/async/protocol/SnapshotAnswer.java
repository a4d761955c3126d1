package dev.triptych.async.protocol;

import dev.triptych.async.shard.SnapshotSummary;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;

/** Answers to {@link SnapshotRequest}s. */
public interface SnapshotAnswer extends Answer {
  /** The kept snapshots of a shard, ascending in version. */
  record SnapshotList(List<SnapshotSummary> snapshots) implements SnapshotAnswer {
    private static final int BYTES_EACH = 56;

    static SnapshotList read(WireReader in) throws MalformedMessageException {
      int count = in.readCount(BYTES_EACH);
      List<SnapshotSummary> snapshots = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        snapshots.add(
            new SnapshotSummary(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readDouble(),
                in.readDouble()));
      }
      return new SnapshotList(snapshots);
    }

    @Override
    public MessageType type() {
      return MessageType.SNAPSHOT_LIST;
    }

    @Override
    public int encodedLength() {
      return WireWriter.lengthOfArray(0, snapshots.size(), BYTES_EACH);
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putInt(snapshots.size());
      for (SnapshotSummary snapshot : snapshots) {
        out.putLong(snapshot.version())
            .putLong(snapshot.nanos())
            .putLong(snapshot.numExamples())
            .putLong(snapshot.bytes())
            .putLong(snapshot.maxStaleness())
            .putDouble(snapshot.squaredNorm())
            .putDouble(snapshot.absoluteNorm());
      }
    }
  }

  /** Some weights of a snapshot, in the order asked for. */
  record Values(DoubleBuffer values) implements SnapshotAnswer {
    static Values read(WireReader in) throws MalformedMessageException {
      return new Values(DoubleBuffer.wrap(in.readDoubles()));
    }

    @Override
    public MessageType type() {
      return MessageType.VALUES;
    }

    @Override
    public int encodedLength() {
      return WireWriter.lengthOfArray(0, values.remaining(), Double.BYTES);
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putDoubles(values);
    }
  }
}
