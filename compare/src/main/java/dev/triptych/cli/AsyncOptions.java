package dev.triptych.cli;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRule;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.async.train.AsyncSettings;
import dev.triptych.async.train.Deployment;
import dev.triptych.async.train.Durability;
import dev.triptych.async.train.OrderFiles;
import dev.triptych.async.train.StandaloneServers;
import dev.triptych.async.train.Transport;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.transport.Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the asynchronous mode. */
final class AsyncOptions {
  @Option(
      names = "--servers",
      paramLabel = "S|HOST:PORT,...",
      defaultValue = "1",
      description =
          "Shards of the parameter server; with --deployment standalone the addresses of the"
              + " servers (default: ${DEFAULT-VALUE}).")
  String servers = "1";

  @Option(
      names = "--shards",
      paramLabel = "N",
      description =
          "Shards on stand-alone servers, when not one on each of --servers: more of them spread"
              + " more evenly when servers join and leave.")
  @Nullable Integer shards;

  @Option(
      names = "--spare-servers",
      paramLabel = "HOST:PORT,...",
      description =
          "Stand-alone servers that need not run yet: they get shards and backups when they come.")
  @Nullable String spareServers;

  @Option(
      names = "--deployment",
      paramLabel = "WHERE",
      defaultValue = "driver",
      description =
          "Where servers live: driver, executors as a Spark plugin, or standalone as processes of"
              + " their own (default: ${DEFAULT-VALUE}).")
  String deployment = "driver";

  @Option(
      names = "--consistency",
      paramLabel = "NAME",
      defaultValue = "asp",
      description = "bsp, ssp (with --staleness) or asp (default: ${DEFAULT-VALUE}).")
  String consistency = "asp";

  @Option(
      names = "--staleness",
      paramLabel = "S",
      description = "How many clocks a worker may be ahead of the slowest under ssp.")
  @Nullable Integer staleness;

  @Option(
      names = "--delay-rule",
      paramLabel = "RULE",
      defaultValue = "none",
      description =
          "What becomes of gradients computed from old weights: none, inverse, mishchenko,"
              + " koloskova[:L], ringmaster:R, dc-asgd[:LAMBDA] or drop:BOUND (default:"
              + " ${DEFAULT-VALUE}).")
  String delayRule = "none";

  @Option(
      names = "--progress-interval",
      paramLabel = "TIME",
      defaultValue = "10s",
      description =
          "Between two lines on rates, staleness and waits in the driver's log (default:"
              + " ${DEFAULT-VALUE}).")
  String progressInterval = "10s";

  @Option(
      names = "--record-order",
      paramLabel = "FILE",
      description = "Keep the order in which gradients arrive, so that the run can be repeated.")
  @Nullable Path recordOrder;

  @Option(
      names = "--replay-order",
      paramLabel = "FILE",
      description = "Take gradients in a recorded order: the weights are equal bit for bit.")
  @Nullable Path replayOrder;

  @Mixin TrafficOptions traffic = new TrafficOptions();

  @Mixin DurabilityOptions durability = new DurabilityOptions();

  @Option(
      names = "--transport",
      split = ",",
      paramLabel = "HOW",
      defaultValue = "socket",
      description =
          "How gradients reach the weights: socket, memory (Hogwild: one array without locks, racy"
              + " by design) or locked; compare takes several (default: ${DEFAULT-VALUE}).")
  List<String> transports = List.of("socket");

  void check() {
    Duration unusedInterval = progressInterval();
    Choice.of("--deployment", deployment, List.of("driver", "executors", "standalone"));
    int unused = numServers();
    List<Address> unusedSpares = spares();
    checkReplicas();
    consistency();
    delayRule();
    checkPushEvery();
    transports();
    if (recordOrder != null && replayOrder != null) {
      throw new InvalidInputException("--replay-order: not together with --record-order");
    }
    if ((recordOrder != null || replayOrder != null) && !transports().contains(Transport.SOCKET)) {
      throw new InvalidInputException(
          "--record-order and --replay-order: only --transport socket has an order of arrivals");
    }
  }

  private void checkPushEvery() {
    if (traffic.traffic().pushEvery() > 1
        && transports().stream().anyMatch(transport -> transport != Transport.SOCKET)) {
      throw new InvalidInputException(
          "--push-every: nothing is pushed in shared memory; expected --transport socket");
    }
  }

  /** Recorded or replayed; by the measured run only, over sockets. */
  OrderFiles orders() {
    return new OrderFiles(recordOrder, replayOrder);
  }

  /** Refuses what belongs to one run where there are several of a mode. */
  void checkRepeatable() {
    if (recordOrder != null || replayOrder != null) {
      throw new InvalidInputException(
          "--seeds: not together with --record-order or --replay-order, which are of one run");
    }
    if (durability.checkpointDir != null || durability.resume != null) {
      throw new InvalidInputException(
          "--seeds: not together with --checkpoint-dir or --resume, which are of one run");
    }
  }

  /** In the order of the command line. */
  List<Transport> transports() {
    List<Transport> chosen = new ArrayList<>();
    for (String name : transports) {
      Choice.of("--transport", name, Transport.names());
      Transport transport = Transport.valueOf(name.toUpperCase(Locale.ROOT));
      if (chosen.contains(transport)) {
        throw new InvalidInputException("--transport: " + name + " is named twice");
      }
      chosen.add(transport);
    }
    return chosen;
  }

  /** S, the number of shards. */
  int numServers() {
    Integer wanted = shards;
    if (!isStandalone()) {
      if (wanted != null) {
        throw new InvalidInputException(
            "--shards: needs --deployment standalone; elsewhere --servers is the number of shards");
      }
      return countOf(servers);
    }
    if (wanted != null && wanted < 1) {
      throw new InvalidInputException("--shards: expected a number of at least 1, got " + wanted);
    }
    return wanted == null ? addresses().size() : wanted;
  }

  /** Stand-alone servers that may come later. */
  private List<Address> spares() {
    String list = spareServers;
    if (list == null) {
      return List.of();
    }
    if (!isStandalone()) {
      throw new InvalidInputException("--spare-servers: needs --deployment standalone");
    }
    List<Address> spares = StandaloneServers.parse("--spare-servers", list);
    for (Address address : addresses()) {
      if (spares.contains(address)) {
        throw new InvalidInputException(
            "--spare-servers: " + address + " is one of --servers already");
      }
    }
    return spares;
  }

  boolean isStandalone() {
    return deployment.equals("standalone");
  }

  /** Of the stand-alone servers. */
  List<Address> addresses() {
    return StandaloneServers.parse("--servers", servers);
  }

  private static int countOf(String text) {
    try {
      int count = Integer.parseInt(text);
      if (count >= 1) {
        return count;
      }
    } catch (NumberFormatException e) {
      if (text.contains(":")) {
        throw new InvalidInputException(
            "--servers: addresses need --deployment standalone, got \"" + text + "\"", e);
      }
    }
    throw new InvalidInputException(
        "--servers: expected a number of at least 1, got \"" + text + "\"");
  }

  boolean onExecutors() {
    return deployment.equals("executors");
  }

  /** Whether the fastest worker in the end goes at the pace of the slowest. */
  boolean waitsForSlowest() {
    return !consistency.equals("asp");
  }

  /** Refuses transports that cannot do what the other options ask for. */
  void checkTransports(String optimizer) {
    transports().forEach(transport -> transport.check(consistency(), delayRule(), optimizer));
  }

  /** FTRL's weights are a function of its sums and of one step size. */
  void checkConstantStepSize() {
    if (delayRule().changesStepSize()) {
      throw new InvalidInputException(
          "--delay-rule: --optimizer ftrl needs a constant step size, got " + delayRule);
    }
  }

  AsyncSettings settings(RunSettings run, Transport transport) {
    if (transport != Transport.SOCKET) {
      return AsyncSettings.of(run, 1, Deployment.DRIVER, consistency())
          .withDelayRule(delayRule())
          .withTransport(transport);
    }
    if (isStandalone()) {
      return AsyncSettings.standalone(run, addresses(), consistency())
          .withServers(numServers())
          .withSpares(spares())
          .withDelayRule(delayRule())
          .withTraffic(traffic.traffic())
          .withDurability(durability.durability())
          .withProgressInterval(progressInterval());
    }
    return AsyncSettings.of(
            run,
            numServers(),
            Deployment.valueOf(deployment.toUpperCase(Locale.ROOT)),
            consistency())
        .withDelayRule(delayRule())
        .withTraffic(traffic.traffic())
        .withDurability(durability.durability())
        .withProgressInterval(progressInterval());
  }

  private void checkReplicas() {
    int replicas = durability.durability().replicas();
    if (!durability.durability().equals(Durability.none())
        && transports().stream().anyMatch(transport -> transport != Transport.SOCKET)) {
      throw new InvalidInputException(
          "--replicas, --checkpoint-dir and --resume need --transport socket");
    }
    if (replicas > 1 && deployment.equals("driver")) {
      throw new InvalidInputException(
          "--replicas 2: needs two server processes, --deployment driver has one");
    }
    if (isStandalone() && addresses().size() < replicas) {
      throw new InvalidInputException("--replicas 2: needs two servers, --servers names one");
    }
  }

  private Duration progressInterval() {
    Duration interval = Durations.parse("--progress-interval", progressInterval);
    if (interval.isZero()) {
      throw new InvalidInputException(
          "--progress-interval: expected more than nothing, got \"" + progressInterval + "\"");
    }
    return interval;
  }

  private DelayRule delayRule() {
    try {
      return DelayRules.parse(delayRule);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("--delay-rule: " + e.getMessage(), e);
    }
  }

  private Consistency consistency() {
    Choice.of("--consistency", consistency, List.of("bsp", "ssp", "asp"));
    Integer bound = staleness;
    if (consistency.equals("ssp")) {
      if (bound == null || bound < 0) {
        throw new InvalidInputException(
            "--staleness: --consistency ssp needs a bound of 0 or more"
                + (bound == null ? "" : ", got " + bound));
      }
      return Consistency.ssp(bound);
    }
    if (bound != null) {
      throw new InvalidInputException("--staleness: only --consistency ssp has a bound");
    }
    return consistency.equals("bsp") ? Consistency.bsp() : Consistency.asp();
  }
}
