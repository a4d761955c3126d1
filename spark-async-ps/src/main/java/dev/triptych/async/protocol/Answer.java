package dev.triptych.async.protocol;

import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.Response;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.async.shard.SliceSnapshot;
import dev.triptych.core.training.StalenessHistogram;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a server answers. */
public non-sealed interface Answer extends Message {
  /** The message that carries a shard's response. */
  static Answer of(Response response) {
    if (response instanceof Response.Weights weights) {
      return new Weights(weights);
    } else if (response instanceof Response.Accepted accepted) {
      return new Accepted(accepted);
    } else if (response instanceof Response.Resume resume) {
      return new Resume(resume);
    } else {
      return new Rejected((Response.Rejected) response);
    }
  }

  /** A refusal, in one line that says why. */
  static Rejected rejected(Response.Reason reason, String message) {
    return new Rejected(new Response.Rejected(reason, message));
  }

  /** The refusal of a request that makes no sense. */
  static Rejected invalid(String message) {
    return rejected(Response.Reason.INVALID, message);
  }

  /** A shard's response to a worker. */
  sealed interface ToWorker extends Answer {
    /** What the shard said. */
    Response response();
  }

  /** It was done. */
  record Done() implements Answer {
    static Done read(WireReader in) {
      return new Done();
    }

    @Override
    public MessageType type() {
      return MessageType.DONE;
    }

    @Override
    public int encodedLength() {
      return 0;
    }

    @Override
    public void writeTo(WireWriter out) {}
  }

  /**
   * What a function gave.
   *
   * @param version of the shard that it saw
   */
  @SuppressWarnings("ArrayRecordComponent")
  record FunctionResult(long version, double[] numbers) implements Answer {
    static FunctionResult read(WireReader in) throws MalformedMessageException {
      return new FunctionResult(in.readLong(), in.readDoubles());
    }

    @Override
    public MessageType type() {
      return MessageType.FUNCTION_RESULT;
    }

    @Override
    public int encodedLength() {
      return WireWriter.lengthOfArray(8, numbers.length, Double.BYTES);
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putLong(version).putDoubles(DoubleBuffer.wrap(numbers));
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof FunctionResult that
          && version == that.version
          && Arrays.equals(numbers, that.numbers);
    }

    @Override
    public int hashCode() {
      return 31 * Long.hashCode(version) + Arrays.hashCode(numbers);
    }
  }

  /** How the shard stands. */
  record StatusAnswer(ShardStatus status) implements Answer {
    static StatusAnswer read(WireReader in) throws MalformedMessageException {
      Progress progress = in.readEnum(Progress.values());
      long version = in.readLong();
      long divergedAtUpdate = in.readLong();
      long numExamples = in.readLong();
      long nanos = in.readLong();
      long bytesReceived = in.readLong();
      long bytesSent = in.readLong();
      long bytesPlain = in.readLong();
      long maxClockGap = in.readLong();
      long numDuplicates = in.readLong();
      long numFenced = in.readLong();
      long numDiscarded = in.readLong();
      int numParked = in.readInt();
      List<Integer> waitingFor = new ArrayList<>();
      for (int worker : in.readInts()) {
        waitingFor.add(worker);
      }
      return new StatusAnswer(
          new ShardStatus(
              progress,
              version,
              divergedAtUpdate,
              numExamples,
              nanos,
              bytesReceived,
              bytesSent,
              bytesPlain,
              maxClockGap,
              numDuplicates,
              numFenced,
              numDiscarded,
              numParked,
              waitingFor,
              in.readLongs(),
              in.readLongs(),
              readStaleness(in),
              readWorkerStaleness(in)));
    }

    private static StalenessHistogram readStaleness(WireReader in)
        throws MalformedMessageException {
      return StalenessHistogram.of(in.readLongs(), in.readLong(), in.readLong());
    }

    private static List<StalenessHistogram> readWorkerStaleness(WireReader in)
        throws MalformedMessageException {
      int workers = in.readInt();
      if (workers < 0 || workers > ShardStatus.MAX_WORKERS_APART) {
        throw new MalformedMessageException("staleness of " + workers + " workers");
      }
      List<StalenessHistogram> byWorker = new ArrayList<>();
      for (int worker = 0; worker < workers; worker++) {
        byWorker.add(readStaleness(in));
      }
      return byWorker;
    }

    private static int lengthOf(StalenessHistogram staleness) {
      return WireWriter.lengthOfArray(16, staleness.counts().length, Long.BYTES);
    }

    private static void put(StalenessHistogram staleness, WireWriter out) {
      out.putLongs(staleness.counts()).putLong(staleness.sum()).putLong(staleness.max());
    }

    @Override
    public MessageType type() {
      return MessageType.STATUS_ANSWER;
    }

    @Override
    public int encodedLength() {
      return 97
          + WireWriter.lengthOfArray(0, status.waitingFor().size(), Integer.BYTES)
          + WireWriter.lengthOfArray(0, status.clocks().length, Long.BYTES)
          + WireWriter.lengthOfArray(0, status.lastReads().length, Long.BYTES)
          + lengthOf(status.staleness())
          + status.workerStaleness().stream().mapToInt(StatusAnswer::lengthOf).sum();
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putByte(status.progress().ordinal())
          .putLong(status.version())
          .putLong(status.divergedAtUpdate())
          .putLong(status.numExamples())
          .putLong(status.nanos())
          .putLong(status.bytesReceived())
          .putLong(status.bytesSent())
          .putLong(status.bytesPlain())
          .putLong(status.maxClockGap())
          .putLong(status.numDuplicates())
          .putLong(status.numFenced())
          .putLong(status.numDiscarded())
          .putInt(status.numParked())
          .putInts(status.waitingFor().stream().mapToInt(worker -> worker).toArray())
          .putLongs(status.clocks())
          .putLongs(status.lastReads());
      put(status.staleness(), out);
      out.putInt(status.workerStaleness().size());
      status.workerStaleness().forEach(each -> put(each, out));
    }
  }

  /** A snapshot of the slice, or null when there is none of that version or later. */
  record Snapshot(@Nullable SliceSnapshot snapshot) implements Answer {
    static Snapshot read(WireReader in) throws MalformedMessageException {
      if (in.readByte() == 0) {
        return new Snapshot(null);
      }
      return new Snapshot(
          new SliceSnapshot(
              in.readLong(),
              in.readLong(),
              in.readLong(),
              in.readLong(),
              in.readLong(),
              DoubleBuffer.wrap(in.readDoubles())));
    }

    @Override
    public MessageType type() {
      return MessageType.SNAPSHOT;
    }

    @Override
    public int encodedLength() {
      return snapshot == null
          ? 1
          : WireWriter.lengthOfArray(41, snapshot.weights().remaining(), Double.BYTES);
    }

    @Override
    public void writeTo(WireWriter out) {
      if (snapshot == null) {
        out.putByte(0);
        return;
      }
      out.putByte(1)
          .putLong(snapshot.version())
          .putLong(snapshot.nanos())
          .putLong(snapshot.numExamples())
          .putLong(snapshot.bytes())
          .putLong(snapshot.maxStaleness())
          .putDoubles(snapshot.weights());
    }
  }

  /** It was not done. */
  record Rejected(Response.Rejected response) implements ToWorker {
    static Rejected read(WireReader in) throws MalformedMessageException {
      return new Rejected(
          new Response.Rejected(in.readEnum(Response.Reason.values()), in.readString()));
    }

    @Override
    public MessageType type() {
      return MessageType.REJECTED;
    }

    @Override
    public int encodedLength() {
      return 1 + WireWriter.lengthOf(response.message());
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putByte(response.reason().ordinal()).putString(response.message());
    }
  }

  /** To a hello. */
  record Resume(Response.Resume response) implements ToWorker {
    static Resume read(WireReader in) throws MalformedMessageException {
      return new Resume(new Response.Resume(in.readEnum(Progress.values()), in.readLong()));
    }

    @Override
    public MessageType type() {
      return MessageType.RESUME;
    }

    @Override
    public int encodedLength() {
      return 9;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putByte(response.progress().ordinal()).putLong(response.nextSequence());
    }
  }

  /** To a pull. */
  record Weights(Response.Weights response) implements ToWorker {
    static Weights read(WireReader in) throws MalformedMessageException {
      return new Weights(in.readWeights(in.readEnum(Progress.values()), in.readLong()));
    }

    @Override
    public long plainLength() {
      return 2 + 9 + 4 + (long) Double.BYTES * response.values().remaining();
    }

    @Override
    public MessageType type() {
      return MessageType.WEIGHTS;
    }

    @Override
    public int encodedLength() {
      return WireWriter.lengthOfValues(9, response.values().remaining(), response.format());
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putByte(response.progress().ordinal())
          .putLong(response.version())
          .putValues(response.values(), response.format());
    }
  }

  /** To a push without a pull. */
  record Accepted(Response.Accepted response) implements ToWorker {
    static Accepted read(WireReader in) throws MalformedMessageException {
      return new Accepted(new Response.Accepted(in.readEnum(Progress.values()), in.readLong()));
    }

    @Override
    public MessageType type() {
      return MessageType.ACCEPTED;
    }

    @Override
    public int encodedLength() {
      return 9;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putByte(response.progress().ordinal()).putLong(response.version());
    }
  }

  /** How many requests wait. */
  record Queued(int requests) implements Answer {
    static Queued read(WireReader in) throws MalformedMessageException {
      return new Queued(in.readInt());
    }

    @Override
    public MessageType type() {
      return MessageType.QUEUED;
    }

    @Override
    public int encodedLength() {
      return 4;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putInt(requests);
    }
  }

  /** The order of a shard's pushes; without pushes if it was not recorded. */
  record Order(ArrivalOrder order) implements Answer {
    static Order read(WireReader in) throws MalformedMessageException {
      return new Order(in.readOrder());
    }

    @Override
    public MessageType type() {
      return MessageType.ORDER;
    }

    @Override
    public int encodedLength() {
      return WireWriter.lengthOfArray(4, Math.multiplyExact(2, order.size()), Long.BYTES);
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putOrder(order);
    }
  }
}
