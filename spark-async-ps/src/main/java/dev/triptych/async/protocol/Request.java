package dev.triptych.async.protocol;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.async.shard.HelloRequest;
import dev.triptych.async.shard.PullRequest;
import dev.triptych.async.shard.PushRequest;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Optimizers;
import dev.triptych.core.optimizer.StepSize;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;

/** What a server is asked: by the driver about a run, by a worker about its steps. */
public sealed interface Request extends Message {
  /** The shard that is asked. */
  ShardId to();

  /** Host a shard of a new run; answered by {@link Answer.Done}. Repeating it changes nothing. */
  record OpenRun(ShardId to, ShardSettings settings) implements Request {
    static OpenRun read(WireReader in) throws MalformedMessageException {
      ShardId to = in.readShard();
      int numWorkers = in.readInt();
      int length = in.readInt();
      String optimizerName = in.readString();
      List<Double> constants = new ArrayList<>();
      for (double constant : in.readDoubles()) {
        constants.add(constant);
      }
      Optimizer optimizer = Optimizers.of(optimizerName, constants);
      StepSize stepSize = new StepSize(in.readEnum(StepSize.Schedule.values()), in.readDouble());
      Consistency consistency =
          new Consistency(in.readEnum(Consistency.Kind.values()), in.readInt());
      return new OpenRun(
          to,
          new ShardSettings(
              numWorkers,
              length,
              optimizer,
              stepSize,
              consistency,
              in.readLong(),
              in.readLong(),
              in.readLong(),
              in.readInt(),
              DelayRules.parse(in.readString())));
    }

    @Override
    public MessageType type() {
      return MessageType.OPEN_RUN;
    }

    @Override
    public int encodedLength() {
      Optimizer optimizer = settings.optimizer();
      return 12
          + 8
          + WireWriter.lengthOf(optimizer.name())
          + WireWriter.lengthOfArray(0, optimizer.constants().size(), Double.BYTES)
          + 9
          + 5
          + 28
          + WireWriter.lengthOf(settings.delayRule().toString());
    }

    @Override
    public void writeTo(WireWriter out) {
      Optimizer optimizer = settings.optimizer();
      double[] constants = optimizer.constants().stream().mapToDouble(c -> c).toArray();
      out.putShard(to)
          .putInt(settings.numWorkers())
          .putInt(settings.length())
          .putString(optimizer.name())
          .putDoubles(DoubleBuffer.wrap(constants))
          .putByte(settings.stepSize().schedule().ordinal())
          .putDouble(settings.stepSize().initial())
          .putByte(settings.consistency().kind().ordinal())
          .putInt(settings.consistency().bound())
          .putLong(settings.numExamples())
          .putLong(settings.budget())
          .putLong(settings.snapshotInterval())
          .putInt(settings.snapshotLimit())
          .putString(settings.delayRule().toString());
    }
  }

  /** Go on to a larger budget, in examples; answered by {@link Answer.Done}. */
  record ExtendRun(ShardId to, long budget) implements Request {
    static ExtendRun read(WireReader in) throws MalformedMessageException {
      return new ExtendRun(in.readShard(), in.readLong());
    }

    @Override
    public MessageType type() {
      return MessageType.EXTEND_RUN;
    }

    @Override
    public int encodedLength() {
      return 20;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(budget);
    }
  }

  /** Forget the shard; answered by {@link Answer.Done} also when there is none. */
  record CloseRun(ShardId to) implements Request {
    static CloseRun read(WireReader in) throws MalformedMessageException {
      return new CloseRun(in.readShard());
    }

    @Override
    public MessageType type() {
      return MessageType.CLOSE_RUN;
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

  /** How does the shard stand? Answered by {@link Answer.StatusAnswer}. */
  record Status(ShardId to) implements Request {
    static Status read(WireReader in) throws MalformedMessageException {
      return new Status(in.readShard());
    }

    @Override
    public MessageType type() {
      return MessageType.STATUS;
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

  /** The first kept snapshot of at least this version; answered by {@link Answer.Snapshot}. */
  record FetchSnapshot(ShardId to, long version) implements Request {
    static FetchSnapshot read(WireReader in) throws MalformedMessageException {
      return new FetchSnapshot(in.readShard(), in.readLong());
    }

    @Override
    public MessageType type() {
      return MessageType.FETCH_SNAPSHOT;
    }

    @Override
    public int encodedLength() {
      return 20;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putLong(version);
    }
  }

  /** The slice as it is now; answered by {@link Answer.Snapshot}. */
  record FetchCurrent(ShardId to) implements Request {
    static FetchCurrent read(WireReader in) throws MalformedMessageException {
      return new FetchCurrent(in.readShard());
    }

    @Override
    public MessageType type() {
      return MessageType.FETCH_CURRENT;
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

  /** An attempt introduces itself; answered by {@link Answer.Resume}. */
  record Hello(ShardId to, HelloRequest request) implements Request {
    static Hello read(WireReader in) throws MalformedMessageException {
      return new Hello(in.readShard(), new HelloRequest(in.readInt(), in.readLong()));
    }

    @Override
    public MessageType type() {
      return MessageType.HELLO;
    }

    @Override
    public int encodedLength() {
      return 24;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putInt(request.worker()).putLong(request.attempt());
    }
  }

  /** A worker asks for weights; answered by {@link Answer.Weights}, perhaps much later. */
  record Pull(ShardId to, PullRequest request) implements Request {
    static Pull read(WireReader in) throws MalformedMessageException {
      ShardId to = in.readShard();
      int worker = in.readInt();
      long attempt = in.readLong();
      long clock = in.readLong();
      Selection selection = in.readSelection();
      if (selection == null) {
        throw new MalformedMessageException("a pull that selects nothing");
      }
      return new Pull(to, new PullRequest(worker, attempt, clock, selection));
    }

    @Override
    public MessageType type() {
      return MessageType.PULL;
    }

    @Override
    public int encodedLength() {
      return 12 + 20 + WireWriter.lengthOf(request.selection());
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to)
          .putInt(request.worker())
          .putLong(request.attempt())
          .putLong(request.clock())
          .putSelection(request.selection());
    }
  }

  /**
   * A worker's gradient; answered by {@link Answer.Accepted}, or like a pull when it asks for the
   * weights of the next step.
   */
  record Push(ShardId to, PushRequest request) implements Request {
    static Push read(WireReader in) throws MalformedMessageException {
      ShardId to = in.readShard();
      int worker = in.readInt();
      long attempt = in.readLong();
      long sequence = in.readLong();
      long versionRead = in.readLong();
      int numExamples = in.readInt();
      Selection next = in.readSelection();
      Selection positions = in.readSelection();
      if (positions == null) {
        throw new MalformedMessageException("a push without a gradient");
      }
      int[] sparse = positions.positions();
      double[] values = in.readDoubles();
      Gradient gradient = sparse == null ? Gradient.dense(values) : Gradient.sparse(sparse, values);
      return new Push(
          to, new PushRequest(worker, attempt, sequence, versionRead, numExamples, gradient, next));
    }

    @Override
    public MessageType type() {
      return MessageType.PUSH;
    }

    @Override
    public int encodedLength() {
      long fixed =
          12L + 32 + WireWriter.lengthOf(request.next()) + WireWriter.lengthOf(positions());
      return WireWriter.lengthOfArray(fixed, request.gradient().values().length, Double.BYTES);
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to)
          .putInt(request.worker())
          .putLong(request.attempt())
          .putLong(request.sequence())
          .putLong(request.versionRead())
          .putInt(request.numExamples())
          .putSelection(request.next())
          .putSelection(positions())
          .putDoubles(DoubleBuffer.wrap(request.gradient().values()));
    }

    private Selection positions() {
      int[] positions = request.gradient().positions();
      return positions == null ? Selection.all() : Selection.of(positions);
    }
  }
}
