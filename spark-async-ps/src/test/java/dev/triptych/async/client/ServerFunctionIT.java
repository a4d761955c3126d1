package dev.triptych.async.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.function.Combination;
import dev.triptych.async.function.FunctionCall;
import dev.triptych.async.function.FunctionRunner;
import dev.triptych.async.function.L1Norm;
import dev.triptych.async.function.ServerFunction;
import dev.triptych.async.function.Slice;
import dev.triptych.async.function.TopK;
import dev.triptych.async.server.ParameterServer;
import dev.triptych.async.server.ServerSettings;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.spark.transport.Endpoint;
import java.time.Duration;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's code beside the parameters, over sockets: 5 weights on 2 servers, all of them −1. */
class ServerFunctionIT {
  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final int LENGTH = 5;

  private static ParameterServer first;
  private static ParameterServer second;
  private static Endpoint endpoint;
  private static DriverClient driver;
  private static ParameterClient worker;

  @BeforeAll
  static void trainOneStep() throws Exception {
    SparkConf conf = new SparkConf(false);
    first = ParameterServer.start(ServerSettings.of(conf, "127.0.0.1", 0));
    second = ParameterServer.start(ServerSettings.of(conf, "127.0.0.1", 0));
    endpoint =
        Endpoint.open("test", 1, (request, reply) -> reply.failure("no"), conf, "127.0.0.1", 0);
    RunLocation run = new RunLocation(7, LENGTH, List.of(first.address(), second.address()));
    driver = new DriverClient(endpoint, run, BOUND);
    driver.open(
        length ->
            new ShardSettings(
                1, length, new Sgd(), StepSize.constant(1), Consistency.asp(), 10, 1000, 10, 4));
    worker = new ParameterClient(endpoint, run, 0, 1, BOUND);
    DriverClient.join(worker.hello());
    Pulled pulled = DriverClient.join(worker.pull(0, null, new double[LENGTH]));
    double[] gradient = {1, 1, 1, 1, 1};
    DriverClient.join(worker.push(0, pulled.versions(), 1, null, gradient));
  }

  @AfterAll
  static void close() {
    endpoint.close();
    first.close();
    second.close();
  }

  /** Not built in: what a user would bring. Σ j·w_j over the whole model. */
  public static final class WeightedSum implements ServerFunction {
    @Override
    public double[] apply(Slice slice, FunctionCall call) {
      double sum = 0;
      for (int j = 0; j < slice.length(); j++) {
        sum += (slice.first() + j) * slice.vector(Slice.WEIGHTS).at(j);
      }
      return new double[] {sum};
    }
  }

  @Test
  void aUsersFunctionSeesTheWholeModelAndOnlyItsResultTravels() throws Exception {
    assertThat(driver.call(FunctionCall.of(WeightedSum.class, List.of()))).containsExactly(-10);
    assertThat(driver.call(FunctionCall.of(TopK.class, List.of(Slice.WEIGHTS), 2)))
        .containsExactly(0, -1, 1, -1);
  }

  @Test
  void vectorsBesideTheWeightsCanBeMadeAndRead() throws Exception {
    driver.call(FunctionCall.of(Combination.class, List.of("twice", Slice.WEIGHTS), 2));
    assertThat(driver.call(FunctionCall.of(L1Norm.class, List.of("twice")))).containsExactly(10);
  }

  @Test
  void whatTheOptimizerRemembersCanBeReadAndNotWritten() throws Exception {
    RunLocation run = new RunLocation(8, LENGTH, List.of(first.address(), second.address()));
    DriverClient other = new DriverClient(endpoint, run, BOUND);
    other.open(
        length ->
            new ShardSettings(
                1,
                length,
                new AdaGrad(),
                StepSize.constant(1),
                Consistency.asp(),
                10,
                1000,
                10,
                4));
    ParameterClient client = new ParameterClient(endpoint, run, 0, 1, BOUND);
    DriverClient.join(client.hello());
    Pulled pulled = DriverClient.join(client.pull(0, null, new double[LENGTH]));
    DriverClient.join(client.push(0, pulled.versions(), 1, null, new double[] {1, -2, 3, 0, 5}));
    assertThat(other.call(FunctionCall.of(L1Norm.class, List.of("squared-sums"))))
        .containsExactly(1 + 4 + 9 + 25);
    assertThat(other.call(FunctionCall.of(TopK.class, List.of("squared-sums"), 1)))
        .containsExactly(4, 25);
    assertThatThrownBy(
            () ->
                other.call(
                    FunctionCall.of(Combination.class, List.of("squared-sums", Slice.WEIGHTS), 2)))
        .isInstanceOf(ParameterServerException.class)
        .hasMessageContaining("only gradients change squared-sums");
    assertThatThrownBy(() -> driver.call(FunctionCall.of(L1Norm.class, List.of("squared-sums"))))
        .as("plain SGD remembers nothing")
        .hasMessageContaining("no vector called squared-sums");
    other.close();
  }

  /** Fails on the second server only. */
  public static final class Thrower implements ServerFunction {
    @Override
    public double[] apply(Slice slice, FunctionCall call) {
      if (slice.first() > 0) {
        throw new IllegalStateException("I am broken");
      }
      return new double[1];
    }
  }

  /** Never returns from its recursion. */
  public static final class Endless implements ServerFunction {
    @Override
    public double[] apply(Slice slice, FunctionCall call) {
      return apply(slice, call);
    }
  }

  /** Sends too much back. */
  public static final class TooMuch implements ServerFunction {
    @Override
    public double[] apply(Slice slice, FunctionCall call) {
      return new double[FunctionRunner.MAX_RESULT + 1];
    }
  }

  /** Writes what only gradients change. */
  public static final class Vandal implements ServerFunction {
    @Override
    public double[] apply(Slice slice, FunctionCall call) {
      slice.writable(Slice.WEIGHTS).put(0, 1e9);
      return new double[1];
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {Thrower.class, Endless.class, TooMuch.class, Vandal.class, Hidden.class})
  void aBadFunctionFailsAloneAndSaysWhy(Class<? extends ServerFunction> bad) throws Exception {
    assertThatThrownBy(() -> driver.call(FunctionCall.of(bad, List.of())))
        .isInstanceOf(ParameterServerException.class)
        .hasMessageContaining(bad.getName());
    assertThat(driver.call(FunctionCall.of(L1Norm.class, List.of(Slice.WEIGHTS))))
        .containsExactly(5);
  }

  /** Cannot be made from outside. */
  static final class Hidden implements ServerFunction {
    @Override
    public double[] apply(Slice slice, FunctionCall call) {
      return new double[1];
    }
  }

  @Test
  void anUnknownVectorIsNamedTogetherWithThoseThatAreThere() {
    assertThatThrownBy(() -> driver.call(FunctionCall.of(L1Norm.class, List.of("wieghts"))))
        .isInstanceOf(ParameterServerException.class)
        .hasMessageContaining("no vector called wieghts; there are weights");
  }
}
