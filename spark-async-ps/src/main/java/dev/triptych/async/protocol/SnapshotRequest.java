package dev.triptych.async.protocol;

import java.nio.IntBuffer;

/** What servers are asked about the snapshots that they keep, without sending them whole. */
public interface SnapshotRequest extends Request {
  /**
   * Keep the slice as it is, and tell all kept snapshots of at least this version; answered by
   * {@link SnapshotAnswer.SnapshotList}.
   *
   * @param numPenalised this many first positions of the slice count in the squared norms
   */
  record ListSnapshots(ShardId to, long version, int numPenalised) implements SnapshotRequest {
    static ListSnapshots read(WireReader in) throws MalformedMessageException {
      return new ListSnapshots(in.readShard(), in.readLong(), in.readInt());
    }

    @Override
    public MessageType type() {
      return MessageType.LIST_SNAPSHOTS;
    }

    @Override
    public int encodedLength() {
      return 24;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(version).putInt(numPenalised);
    }
  }

  /**
   * Some weights of the kept snapshot of exactly this version; answered by {@link
   * SnapshotAnswer.Values}.
   *
   * @param positions in the slice, ascending; not copied
   */
  record FetchValues(ShardId to, long version, IntBuffer positions) implements SnapshotRequest {
    static FetchValues read(WireReader in) throws MalformedMessageException {
      return new FetchValues(in.readShard(), in.readLong(), IntBuffer.wrap(in.readInts()));
    }

    @Override
    public boolean changesShard() {
      return false;
    }

    @Override
    public MessageType type() {
      return MessageType.FETCH_VALUES;
    }

    @Override
    public int encodedLength() {
      return WireWriter.lengthOfArray(20, positions.remaining(), Integer.BYTES);
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(version).putInts(positions);
    }
  }
}
