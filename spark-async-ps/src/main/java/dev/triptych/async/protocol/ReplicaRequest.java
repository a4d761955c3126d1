package dev.triptych.async.protocol;

import java.util.ArrayList;
import java.util.List;

/** What servers are asked about replicas, states and cuts; and what the driver is asked. */
public interface ReplicaRequest extends Request {
  /** Most are about servers: nothing that a machine has to know. */
  @Override
  default boolean changesShard() {
    return false;
  }

  /**
   * The primary gets a backup: it sends its state and from then on all events there; answered by
   * {@link ReplicaAnswer.State}.
   */
  record Follow(ShardId to, long epoch, String server) implements ReplicaRequest {
    static Follow read(WireReader in) throws MalformedMessageException {
      return new Follow(in.readShard(), in.readLong(), in.readString());
    }

    @Override
    public MessageType type() {
      return MessageType.FOLLOW;
    }

    @Override
    public int encodedLength() {
      return 12 + 8 + WireWriter.lengthOf(server);
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(epoch).putString(server);
    }
  }

  /** The primary goes on without that server; answered by {@link ReplicaAnswer.State}. */
  record Unfollow(ShardId to, long epoch, String server) implements ReplicaRequest {
    static Unfollow read(WireReader in) throws MalformedMessageException {
      return new Unfollow(in.readShard(), in.readLong(), in.readString());
    }

    @Override
    public MessageType type() {
      return MessageType.UNFOLLOW;
    }

    @Override
    public int encodedLength() {
      return 12 + 8 + WireWriter.lengthOf(server);
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(epoch).putString(server);
    }
  }

  /** The backup becomes primary; answered by {@link ReplicaAnswer.State}. */
  record Promote(ShardId to, long epoch) implements ReplicaRequest {
    static Promote read(WireReader in) throws MalformedMessageException {
      return new Promote(in.readShard(), in.readLong());
    }

    @Override
    public MessageType type() {
      return MessageType.PROMOTE;
    }

    @Override
    public int encodedLength() {
      return 12 + 8;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(epoch);
    }
  }

  /** Forget the shard unless it is of a newer epoch; answered by {@link Answer.Done}. */
  record Retire(ShardId to, long epoch) implements ReplicaRequest {
    static Retire read(WireReader in) throws MalformedMessageException {
      return new Retire(in.readShard(), in.readLong());
    }

    @Override
    public MessageType type() {
      return MessageType.RETIRE;
    }

    @Override
    public int encodedLength() {
      return 12 + 8;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(epoch);
    }
  }

  /**
   * What is this server to the shard? Answered by {@link ReplicaAnswer.State}.
   *
   * @param replaceable whether the driver has another server for what is here, if this one leaves
   */
  record ReplicaStatus(ShardId to, boolean replaceable) implements ReplicaRequest {
    static ReplicaStatus read(WireReader in) throws MalformedMessageException {
      return new ReplicaStatus(in.readShard(), in.readByte() != 0);
    }

    @Override
    public MessageType type() {
      return MessageType.REPLICA_STATUS;
    }

    @Override
    public int encodedLength() {
      return 12 + 1;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putByte(replaceable ? 1 : 0);
    }
  }

  /** Events of the primary, in order; answered by {@link ReplicaAnswer.Replicated}. */
  record Replicate(ShardId to, long epoch, List<Entry> entries) implements ReplicaRequest {
    static Replicate read(WireReader in) throws MalformedMessageException {
      return new Replicate(in.readShard(), in.readLong(), Entry.readAll(in));
    }

    @Override
    public MessageType type() {
      return MessageType.REPLICATE;
    }

    @Override
    public int encodedLength() {
      return 12 + 8 + Entry.lengthOf(entries);
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(epoch).putEntries(entries);
    }
  }

  /**
   * A part of a shard's state; after the last one this server is its backup. Answered by {@link
   * Answer.Done}.
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Install(ShardId to, long epoch, long offset, long total, byte[] part)
      implements ReplicaRequest {
    static Install read(WireReader in) throws MalformedMessageException {
      return new Install(
          in.readShard(), in.readLong(), in.readLong(), in.readLong(), in.readBytes());
    }

    @Override
    public MessageType type() {
      return MessageType.INSTALL;
    }

    @Override
    public int encodedLength() {
      return 12 + 8 + 8 + 8 + 4 + part.length;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(epoch).putLong(offset).putLong(total).putBytes(part);
    }
  }

  /** Where are the shards? Asked of the driver; answered by {@link ReplicaAnswer.Places}. */
  record Locate(ShardId to) implements ReplicaRequest {
    static Locate read(WireReader in) throws MalformedMessageException {
      return new Locate(in.readShard());
    }

    @Override
    public MessageType type() {
      return MessageType.LOCATE;
    }

    @Override
    public int encodedLength() {
      return 12;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to);
    }
  }

  /** Close the gate until {@link Release}; answered by {@link Answer.Done}. */
  record Hold(ShardId to) implements ReplicaRequest {
    static Hold read(WireReader in) throws MalformedMessageException {
      return new Hold(in.readShard());
    }

    @Override
    public boolean changesShard() {
      return true;
    }

    @Override
    public MessageType type() {
      return MessageType.HOLD;
    }

    @Override
    public int encodedLength() {
      return 12;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to);
    }
  }

  /** Open the gate that {@link Hold} has closed; answered by {@link Answer.Done}. */
  record Release(ShardId to) implements ReplicaRequest {
    static Release read(WireReader in) throws MalformedMessageException {
      return new Release(in.readShard());
    }

    @Override
    public boolean changesShard() {
      return true;
    }

    @Override
    public MessageType type() {
      return MessageType.RELEASE;
    }

    @Override
    public int encodedLength() {
      return 12;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to);
    }
  }

  /** How far is every worker here? Answered by {@link ReplicaAnswer.CutState}. */
  record Cut(ShardId to) implements ReplicaRequest {
    static Cut read(WireReader in) throws MalformedMessageException {
      return new Cut(in.readShard());
    }

    @Override
    public MessageType type() {
      return MessageType.CUT;
    }

    @Override
    public int encodedLength() {
      return 12;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to);
    }
  }

  /** Keep the state as it is now, under a number; answered by {@link ReplicaAnswer.Frozen}. */
  record Freeze(ShardId to, long number) implements ReplicaRequest {
    static Freeze read(WireReader in) throws MalformedMessageException {
      return new Freeze(in.readShard(), in.readLong());
    }

    @Override
    public MessageType type() {
      return MessageType.FREEZE;
    }

    @Override
    public int encodedLength() {
      return 12 + 8;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(number);
    }
  }

  /** A part of the state kept under that number; answered by {@link ReplicaAnswer.StatePart}. */
  record FetchState(ShardId to, long number, long offset) implements ReplicaRequest {
    static FetchState read(WireReader in) throws MalformedMessageException {
      return new FetchState(in.readShard(), in.readLong(), in.readLong());
    }

    @Override
    public MessageType type() {
      return MessageType.FETCH_STATE;
    }

    @Override
    public int encodedLength() {
      return 12 + 8 + 8;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(number).putLong(offset);
    }
  }

  /**
   * An installed state is that of a run which goes on now, with new workers; answered by {@link
   * Answer.Done}.
   */
  record ResumeRun(ShardId to, long budget) implements ReplicaRequest {
    static ResumeRun read(WireReader in) throws MalformedMessageException {
      return new ResumeRun(in.readShard(), in.readLong());
    }

    @Override
    public boolean changesShard() {
      return true;
    }

    @Override
    public MessageType type() {
      return MessageType.RESUME_RUN;
    }

    @Override
    public int encodedLength() {
      return 12 + 8;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(budget);
    }
  }

  /**
   * A numbered event.
   *
   * @param index of the shard's events, from 0
   * @param now nanoseconds on the primary's clock
   * @param numBytes of the request as the primary got it
   * @param event a request, as it is sent
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Entry(long index, long now, int numBytes, byte[] event) {
    static List<Entry> readAll(WireReader in) throws MalformedMessageException {
      int count = in.readInt();
      List<Entry> entries = new ArrayList<>();
      for (int k = 0; k < count; k++) {
        entries.add(new Entry(in.readLong(), in.readLong(), in.readInt(), in.readBytes()));
      }
      return entries;
    }

    static int lengthOf(List<Entry> entries) {
      long length = 4;
      for (Entry entry : entries) {
        length += 24L + entry.event.length;
      }
      return Math.toIntExact(length);
    }
  }
}
