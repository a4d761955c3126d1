package dev.triptych.async.protocol;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.async.function.FunctionCall;
import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.shard.HelloRequest;
import dev.triptych.async.shard.PullRequest;
import dev.triptych.async.shard.PushRequest;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.shard.WorkerRequest;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.async.store.Selection.Naming;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Optimizers;
import dev.triptych.core.optimizer.StepSize;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;

/** What a server is asked: by the driver about a run, by a worker about its steps. */
public non-sealed interface Request extends Message {
  /** The shard that is asked. */
  ShardId to();

  /** The message that carries a worker's request. */
  static Request of(ShardId to, WorkerRequest request) {
    if (request instanceof PushRequest push) {
      return new Push(to, push);
    } else if (request instanceof PullRequest pull) {
      return new Pull(to, pull);
    } else {
      return new Hello(to, (HelloRequest) request);
    }
  }

  /** The sets of keys that the request names by their hashes alone. */
  default List<Selection> namedKeys() {
    return List.of();
  }

  private static long plainLengthOf(Selection selection) {
    return selection.isAll() ? 1 : 5 + (long) Integer.BYTES * selection.count(0);
  }

  /** Whether it may change the shard, so that replicas need it too. */
  default boolean changesShard() {
    return true;
  }

  /** The same request for anybody: without names of keys, values to the bit. */
  default Request plain() {
    return this;
  }

  /** Bytes that the keys themselves take in a request. */
  static long lengthOfKeys(Selection selection) {
    return KeyCode.plainLengthOf(selection);
  }

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
              DelayRules.parse(in.readString()),
              InitialWeightsCode.read(in)));
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
          + WireWriter.lengthOf(settings.delayRule().toString())
          + InitialWeightsCode.lengthOf(settings.initialWeights());
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
      InitialWeightsCode.write(settings.initialWeights(), out);
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

  /**
   * Run a function on the shard; answered by {@link Answer.FunctionResult}.
   *
   * @param first the parameter at the slice's position 0
   */
  record CallFunction(ShardId to, long first, FunctionCall call) implements Request {
    static CallFunction read(WireReader in) throws MalformedMessageException {
      ShardId to = in.readShard();
      long first = in.readLong();
      String function = in.readString();
      return new CallFunction(
          to, first, new FunctionCall(function, in.readStrings(), in.readDoubles()));
    }

    @Override
    public boolean changesShard() {
      return false;
    }

    @Override
    public MessageType type() {
      return MessageType.CALL_FUNCTION;
    }

    @Override
    public int encodedLength() {
      return WireWriter.lengthOfArray(
          20L + WireWriter.lengthOf(call.function()) + WireWriter.lengthOf(call.vectors()),
          call.numbers().length,
          Double.BYTES);
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to)
          .putLong(first)
          .putString(call.function())
          .putStrings(call.vectors())
          .putDoubles(DoubleBuffer.wrap(call.numbers()));
    }
  }

  /** A worker is dead: wait for it no more; answered by {@link Answer.Done}. */
  record RemoveWorker(ShardId to, int worker) implements Request {
    static RemoveWorker read(WireReader in) throws MalformedMessageException {
      return new RemoveWorker(in.readShard(), in.readInt());
    }

    @Override
    public MessageType type() {
      return MessageType.REMOVE_WORKER;
    }

    @Override
    public int encodedLength() {
      return 16;
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putInt(worker);
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
    public boolean changesShard() {
      return false;
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
    public boolean changesShard() {
      return false;
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
    public boolean changesShard() {
      return false;
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

  /**
   * How many requests wait for the shard's owner? Answered at once by {@link Answer.Queued}, past
   * the queue.
   */
  record Queue(ShardId to) implements Request {
    static Queue read(WireReader in) throws MalformedMessageException {
      return new Queue(in.readShard());
    }

    @Override
    public MessageType type() {
      return MessageType.QUEUE;
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

  /**
   * Keep the order of the pushes, before the first one; answered by {@link Answer.Done}. Repeating
   * it changes nothing.
   */
  record RecordOrder(ShardId to) implements Request {
    static RecordOrder read(WireReader in) throws MalformedMessageException {
      return new RecordOrder(in.readShard());
    }

    @Override
    public MessageType type() {
      return MessageType.RECORD_ORDER;
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

  /**
   * Take the pushes in this order, before the first one; answered by {@link Answer.Done}. Repeating
   * it changes nothing.
   */
  record ReplayOrder(ShardId to, ArrivalOrder order) implements Request {
    static ReplayOrder read(WireReader in) throws MalformedMessageException {
      return new ReplayOrder(in.readShard(), in.readOrder());
    }

    @Override
    public MessageType type() {
      return MessageType.REPLAY_ORDER;
    }

    @Override
    public int encodedLength() {
      return WireWriter.lengthOfArray(16, Math.multiplyExact(2, order.size()), Long.BYTES);
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putOrder(order);
    }
  }

  /** The order so far; answered by {@link Answer.Order}. */
  record FetchOrder(ShardId to) implements Request {
    static FetchOrder read(WireReader in) throws MalformedMessageException {
      return new FetchOrder(in.readShard());
    }

    @Override
    public boolean changesShard() {
      return false;
    }

    @Override
    public MessageType type() {
      return MessageType.FETCH_ORDER;
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
      Selection selection = in.readPulled();
      if (selection == null) {
        throw new MalformedMessageException("a pull that selects nothing");
      }
      return new Pull(to, new PullRequest(worker, attempt, clock, selection));
    }

    @Override
    public List<Selection> namedKeys() {
      return request.selection().naming() == Naming.REFER
          ? List.of(request.selection())
          : List.of();
    }

    @Override
    public long plainLength() {
      return 2 + 12 + 20 + plainLengthOf(request.selection());
    }

    @Override
    public Request plain() {
      Selection keys = request.selection();
      return keys.naming() == Naming.NONE
          ? this
          : new Pull(
              to,
              new PullRequest(
                  request.worker(), request.attempt(), request.clock(), keys.named(Naming.NONE)));
    }

    @Override
    public MessageType type() {
      return MessageType.PULL;
    }

    @Override
    public int encodedLength() {
      return Math.toIntExact(12 + 20 + WireWriter.lengthOfPulled(request.selection()));
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to)
          .putInt(request.worker())
          .putLong(request.attempt())
          .putLong(request.clock())
          .putPulled(request.selection());
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
      Selection next = in.readPulled();
      Gradient gradient = in.readGradient();
      return new Push(
          to, new PushRequest(worker, attempt, sequence, versionRead, numExamples, gradient, next));
    }

    @Override
    public List<Selection> namedKeys() {
      List<Selection> named = new ArrayList<>(2);
      Selection next = request.next();
      if (next != null && next.naming() == Naming.REFER) {
        named.add(next);
      }
      if (request.gradient().selection().naming() == Naming.REFER) {
        named.add(request.gradient().selection());
      }
      return named;
    }

    @Override
    public long plainLength() {
      Selection next = request.next();
      long computed = request.gradient().numComputed();
      // Who pulls all weights computes all gradients, even if some are kept back.
      boolean dense = request.gradient().selection().isAll() || (next != null && next.isAll());
      long keys = dense ? 1 : 5 + Integer.BYTES * computed;
      long nextKeys = next == null ? 1 : plainLengthOf(next);
      return 2 + 12 + 32 + nextKeys + keys + 4 + Double.BYTES * computed;
    }

    @Override
    public Request plain() {
      Selection next = request.next();
      return new Push(
          to,
          new PushRequest(
              request.worker(),
              request.attempt(),
              request.sequence(),
              request.versionRead(),
              request.numExamples(),
              request.gradient().plain(),
              next == null ? null : next.named(Naming.NONE)));
    }

    @Override
    public MessageType type() {
      return MessageType.PUSH;
    }

    @Override
    public int encodedLength() {
      return Math.toIntExact(
          12
              + 32
              + WireWriter.lengthOfPulled(request.next())
              + WireWriter.lengthOf(request.gradient()));
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to)
          .putInt(request.worker())
          .putLong(request.attempt())
          .putLong(request.sequence())
          .putLong(request.versionRead())
          .putInt(request.numExamples())
          .putPulled(request.next())
          .putGradient(request.gradient());
    }
  }

  /** Remember these keys for this connection; answered by {@link Answer.Done}. */
  record Keys(ShardId to, Selection selection) implements Request {
    public Keys {
      if (selection.isAll()) {
        throw new IllegalArgumentException("the whole slice needs no name");
      }
      selection = selection.named(Naming.DEFINE);
    }

    static Keys read(WireReader in) throws MalformedMessageException {
      return new Keys(in.readShard(), in.readSelection());
    }

    @Override
    public MessageType type() {
      return MessageType.KEYS;
    }

    @Override
    public int encodedLength() {
      return Math.toIntExact(12 + KeyCode.lengthOf(selection));
    }

    @Override
    public void writeTo(WireWriter out) {
      out.putShard(to).putSelection(selection);
    }
  }
}
