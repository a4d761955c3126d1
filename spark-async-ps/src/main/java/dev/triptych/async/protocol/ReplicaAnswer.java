package dev.triptych.async.protocol;

import dev.triptych.async.replica.Replica.Role;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.ShardCut;
import java.util.BitSet;
import java.util.List;

/** Answers to {@link ReplicaRequest}s. */
public interface ReplicaAnswer extends Answer {
  /**
   * What a server is to a shard.
   *
   * @param leaving whether the server is about to end and wants its shards to go elsewhere
   */
  record State(Role role, long epoch, List<String> inSync, boolean leaving)
      implements ReplicaAnswer {
    static State read(WireReader in) throws MalformedMessageException {
      return new State(
          in.readEnum(Role.values()), in.readLong(), in.readStrings(), in.readByte() != 0);
    }

    /** The same of a server that leaves or stays. */
    public State leaving(boolean other) {
      return other == leaving ? this : new State(role, epoch, inSync, other);
    }

    @Override
    public MessageType type() {
      return MessageType.REPLICA_STATE;
    }

    @Override
    public int encodedLength() {
      return 1 + 8 + WireWriter.lengthOf(inSync) + 1;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putByte(role.ordinal()).putLong(epoch).putStrings(inSync).putByte(leaving ? 1 : 0);
    }
  }

  /** To events: whether they were taken, and what the backup has now. */
  record Replicated(boolean taken, long epoch, long nextIndex) implements ReplicaAnswer {
    static Replicated read(WireReader in) throws MalformedMessageException {
      return new Replicated(in.readByte() != 0, in.readLong(), in.readLong());
    }

    @Override
    public MessageType type() {
      return MessageType.REPLICATED;
    }

    @Override
    public int encodedLength() {
      return 1 + 8 + 8;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putByte(taken ? 1 : 0).putLong(epoch).putLong(nextIndex);
    }
  }

  /** Where every shard is. */
  @SuppressWarnings("ArrayRecordComponent")
  record Places(long[] epochs, List<String> servers) implements ReplicaAnswer {
    static Places read(WireReader in) throws MalformedMessageException {
      return new Places(in.readLongs(), in.readStrings());
    }

    @Override
    public MessageType type() {
      return MessageType.PLACES;
    }

    @Override
    public int encodedLength() {
      return 4 + 8 * epochs.length + WireWriter.lengthOf(servers);
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putLongs(epochs).putStrings(servers);
    }
  }

  /** How far every worker is at a shard. */
  record CutState(ShardCut cut) implements ReplicaAnswer {
    static CutState read(WireReader in) throws MalformedMessageException {
      Progress progress = in.readEnum(Progress.values());
      long[] nextSequences = in.readLongs();
      return new CutState(
          new ShardCut(
              progress,
              nextSequences,
              workers(in, nextSequences.length),
              workers(in, nextSequences.length)));
    }

    private static BitSet workers(WireReader in, int numWorkers) throws MalformedMessageException {
      BitSet workers = new BitSet();
      for (int worker : in.readInts()) {
        if (worker < 0 || worker >= numWorkers) {
          throw new MalformedMessageException("worker " + worker + " of " + numWorkers);
        }
        workers.set(worker);
      }
      return workers;
    }

    @Override
    public MessageType type() {
      return MessageType.CUT_STATE;
    }

    @Override
    public int encodedLength() {
      return 1
          + (4 + 8 * cut.nextSequences().length)
          + (4 + 4 * cut.waiting().cardinality())
          + (4 + 4 * cut.removed().cardinality());
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putByte(cut.progress().ordinal())
          .putLongs(cut.nextSequences())
          .putInts(cut.waiting().stream().toArray())
          .putInts(cut.removed().stream().toArray());
    }
  }

  /** A state is kept. */
  record Frozen(long total) implements ReplicaAnswer {
    static Frozen read(WireReader in) throws MalformedMessageException {
      return new Frozen(in.readLong());
    }

    @Override
    public MessageType type() {
      return MessageType.FROZEN;
    }

    @Override
    public int encodedLength() {
      return 8;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putLong(total);
    }
  }

  /** A part of it. */
  @SuppressWarnings("ArrayRecordComponent")
  record StatePart(byte[] part) implements ReplicaAnswer {
    static StatePart read(WireReader in) throws MalformedMessageException {
      return new StatePart(in.readBytes());
    }

    @Override
    public MessageType type() {
      return MessageType.STATE_PART;
    }

    @Override
    public int encodedLength() {
      return 4 + part.length;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putBytes(part);
    }
  }
}
