package dev.triptych.async.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import dev.triptych.async.function.FunctionCall;
import dev.triptych.async.metrics.ServerMetrics;
import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.ReplicaRequest;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.Samples;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.shard.SliceSnapshot;
import dev.triptych.spark.transport.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever bytes come, the server answers each request, goes on and keeps its weights. */
class ShardHostPropertyTest {

  @Property(tries = 200)
  void randomAndDamagedBytesHarmNobody(@ForAll long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    List<Request> requests = new ArrayList<>(Samples.requests());
    requests.removeIf(request -> request instanceof ReplicaRequest.Retire);
    Request.OpenRun open = (Request.OpenRun) requests.get(0);
    try (ShardHost host = new ShardHost(64L << 20, new ServerMetrics(new MetricRegistry()))) {
      assertThat(ask(host, Message.encode(open))).isInstanceOf(Answer.Done.class);
      for (int event = 0; event < 40; event++) {
        ByteBuffer bytes;
        if (random.nextInt(4) == 0) {
          bytes = ByteBuffer.allocate(random.nextInt(100));
          random.nextBytes(bytes.array());
        } else {
          // all but opening, closing and retiring, which would do what they say
          bytes = Message.encode(requests.get(1 + random.nextInt(requests.size() - 2)));
          for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
            int position = random.nextInt(14, bytes.limit() + 1);
            if (position < bytes.limit()) {
              bytes.put(position, (byte) random.nextInt());
            } else {
              bytes.limit(random.nextInt(bytes.limit()));
              break;
            }
          }
        }
        host.handle(bytes, new Answered());
      }
      Answer.Snapshot current =
          (Answer.Snapshot) ask(host, Message.encode(new Request.FetchCurrent(open.to())));
      SliceSnapshot snapshot = current.snapshot();
      assertThat(snapshot).isNotNull();
      // nobody has opened the gate, but a damaged push may be a valid one
      assertThat(snapshot.weights().remaining()).isEqualTo(open.settings().length());
    }
  }

  @Property(tries = 1)
  void onlyServerFunctionsAreRunByName() throws Exception {
    Request.OpenRun open = (Request.OpenRun) Samples.requests().get(0);
    try (ShardHost host = new ShardHost(64L << 20, new ServerMetrics(new MetricRegistry()))) {
      ask(host, Message.encode(open));
      for (String name : List.of("java.lang.Runtime", "com.acme.Nowhere", "", "[I")) {
        FunctionCall call = new FunctionCall(name, List.of(), new double[0]);
        Message answer = ask(host, Message.encode(new Request.CallFunction(open.to(), 0, call)));
        assertThat(answer).isInstanceOf(Answer.Rejected.class);
        assertThat(((Answer.Rejected) answer).response().message()).contains(name);
      }
    }
  }

  @Property(tries = 1)
  void aShardThatDoesNotFitIntoMemoryIsRefused() throws Exception {
    Request.OpenRun open = (Request.OpenRun) Samples.requests().get(0);
    try (ShardHost host = new ShardHost(100, new ServerMetrics(new MetricRegistry()))) {
      assertThat(ask(host, Message.encode(open))).isInstanceOf(Answer.Rejected.class);
    }
  }

  @Property(tries = 1)
  void theTablesOfAHugeShardCountBeforeTheyAreAllocated() throws Exception {
    Request.OpenRun open = (Request.OpenRun) Samples.requests().get(0);
    ShardSettings settings = open.settings();
    // 2^31 parameters in pages of 4096: 8 MB of tables; in doubles with snapshots more than 2^64
    ShardSettings huge =
        new ShardSettings(
            settings.numWorkers(),
            Integer.MAX_VALUE - 7,
            settings.optimizer(),
            settings.stepSize(),
            settings.consistency(),
            settings.numExamples(),
            settings.budget(),
            settings.snapshotInterval(),
            (1 << 30) - 3);
    ByteBuffer request = Message.encode(new Request.OpenRun(open.to(), huge));
    try (ShardHost host = new ShardHost(64L << 20, new ServerMetrics(new MetricRegistry()))) {
      assertThat(ask(host, request.duplicate())).isInstanceOf(Answer.Done.class);
    }
    try (ShardHost host = new ShardHost(4L << 20, new ServerMetrics(new MetricRegistry()))) {
      Message answer = ask(host, request);
      assertThat(answer).isInstanceOf(Answer.Rejected.class);
      assertThat(((Answer.Rejected) answer).response().message()).contains("memory");
    }
  }

  private static Message ask(ShardHost host, ByteBuffer request) throws Exception {
    Answered reply = new Answered();
    host.handle(request, reply);
    return Message.decode(reply.answer.get(10, TimeUnit.SECONDS));
  }

  /** Keeps what was answered; a second answer to one request is an error. */
  private static final class Answered implements Reply {
    private final CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();

    @Override
    public void success(ByteBuffer response) {
      complete(answer.complete(response));
    }

    @Override
    public void failure(String message) {
      complete(answer.completeExceptionally(new IllegalStateException(message)));
    }

    private static void complete(boolean first) {
      if (!first) {
        throw new IllegalStateException("answered twice");
      }
    }

    @Override
    public long connection() {
      return 0;
    }
  }
}
