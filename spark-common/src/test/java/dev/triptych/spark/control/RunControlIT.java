package dev.triptych.spark.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.RemoteFailureException;
import dev.triptych.spark.transport.RequestHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RunControlIT {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Address A = new Address("a", 1);
  private static final Address B = new Address("b", 2);
  private static final Address C = new Address("c", 3);

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : opened) {
      closeable.close();
    }
  }

  @Test
  void nobodyGoesOnBeforeAllHaveJoinedAndARetryGoesOnAtOnceWithItsNewAddress() throws Exception {
    RunControl control = control(3, LONG);
    RunControlClient client = client(control);
    CompletableFuture<Map<Integer, Address>> first =
        CompletableFuture.supplyAsync(() -> join(client, 0, A, 0, 2));
    Awaitility.await().until(() -> control.missingWorkers().equals(List.of(1)));
    assertThat(first).isNotDone();
    assertThat(control.allJoined()).isNotDone();
    long before = System.nanoTime();

    Map<Integer, Address> second = join(client, 0, B, 1);

    assertThat(second).isEqualTo(Map.of(0, A, 1, B, 2, A));
    assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(second);
    assertThat(control.allJoined().get()).isBetween(before, System.nanoTime());
    assertThat(join(client, 1, C, 1)).isEqualTo(Map.of(0, A, 1, C, 2, A));
    assertThat(client.addresses().get()).isEqualTo(control.addresses());
    assertThat(control.addresses()).isEqualTo(Map.of(0, A, 1, C, 2, A));
  }

  @Test
  void tooFewWorkersFailTheJoinAndNameTheMissing() {
    RunControl control = control(4, Duration.ofMillis(200));

    assertThatThrownBy(() -> client(control).join(new int[] {0, 2}, 0, A))
        .isInstanceOf(RemoteFailureException.class)
        .hasMessage("run r1: of 4 workers these have not joined within 200 ms: [1, 3]");
  }

  @Test
  void reportsArriveAndTheirRepliesCarryTheReasonToStop() throws Exception {
    RunControl control = control(2, LONG);
    RunControlClient client = client(control);
    client.join(new int[] {0, 1}, 0, null);

    for (int updates = 1; updates <= 1000; updates++) {
      client.report(1, updates);
    }

    Awaitility.await().until(() -> control.updatesByWorker()[1] == 1000);
    assertThat(control.updatesByWorker()).containsExactly(0, 1000);
    assertThat(client.stopRequested()).isFalse();

    control.requestStop("target reached");
    control.requestStop("too late to matter");
    client.report(0, 1);

    Awaitility.await().until(client::stopRequested);
    assertThat(client.stopReason()).isEqualTo("target reached");
  }

  @Test
  void aRefusedReportStopsTheWorker() {
    RunControl control = control(2, LONG);
    RunControlClient client = client(control);

    client.report(1, 3);

    Awaitility.await().until(client::stopRequested);
    assertThat(client.stopReason()).endsWith("worker 1 reports without having joined");
  }

  @Test
  void messagesForAnotherRunAndGarbageAreRefusedByName() {
    RunControl control = control(1, LONG);
    RunAddress here = control.address();
    RunControlClient stray =
        RunControlClient.connect(endpoint(), new RunAddress("r0", here.driver(), 1, 1000));

    assertThatThrownBy(() -> stray.join(new int[] {0}, 0, null))
        .isInstanceOf(RemoteFailureException.class)
        .hasMessage("here is run r1, the message is for run r0");
    assertThatThrownBy(
            () -> endpoint().call(here.driver(), ByteBuffer.wrap(new byte[] {99}), LONG).get())
        .cause()
        .isInstanceOf(RemoteFailureException.class)
        .hasMessage("unknown control message type 99");
  }

  @Test
  void closingTheRunFailsThoseWhoWait() {
    RunControl control = control(2, LONG);
    RunControlClient client = client(control);
    CompletableFuture<Map<Integer, Address>> waiting =
        CompletableFuture.supplyAsync(() -> join(client, 0, A, 0));
    Awaitility.await().until(() -> control.missingWorkers().equals(List.of(1)));

    control.close();

    assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS)).isNotNull();
    assertThat(control.allJoined()).isCompletedExceptionally();
  }

  private static Map<Integer, Address> join(
      RunControlClient client, int attempt, Address exchange, int... workers) {
    try {
      return client.join(workers, attempt, exchange);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private RunControl control(int numWorkers, Duration maxWait) {
    RunControl control = RunControl.open("r1", numWorkers, maxWait, RunControlIT::open);
    opened.add(control);
    return control;
  }

  private RunControlClient client(RunControl control) {
    return RunControlClient.connect(endpoint(), control.address());
  }

  private Endpoint endpoint() {
    Endpoint endpoint = open((request, reply) -> reply.failure("nothing here"));
    opened.add(endpoint);
    return endpoint;
  }

  private static Endpoint open(RequestHandler handler) {
    return Endpoint.open("test", 1, handler, new SparkConf(false), "127.0.0.1", 0);
  }
}
