package dev.triptych.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.triptych.gossip.mixing.TopologyReport;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Graph doctor: can these nodes reach consensus, and how fast? Needs no Spark. */
@Command(
    name = "topology",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Examine a gossip graph: connectivity, periodicity, double stochasticity, spectral gap, predicted rounds."
            + " Exit status 3 if it cannot reach consensus.")
final class TopologyCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = "--topology",
      required = true,
      paramLabel = "NAME|FILE",
      description = GraphOptions.TOPOLOGIES + ".")
  String topology = "";

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "Number of nodes; a file may leave it out.")
  @Nullable Integer nodes;

  @Option(
      names = "--mixing",
      paramLabel = "NAME",
      description =
          "metropolis or uniform (default: metropolis; uniform on the exponential graph).")
  @Nullable String mixing;

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    GraphOptions graph = GraphOptions.of(topology, nodes, mixing);
    TopologyReport report = TopologyReport.of(graph.topology(), graph.mixing());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report));
    } else {
      print(report, out);
    }
    return report.reachesConsensus() ? ExitStatus.OK : ExitStatus.STOPPED_SHORT;
  }

  private static void print(TopologyReport report, PrintWriter out) {
    row(
        out,
        "topology",
        report.topology()
            + ", "
            + report.nodes()
            + " nodes, "
            + report.edges()
            + (report.directed() ? " directed" : "")
            + " edges");
    row(
        out,
        "mixing",
        report.mixing()
            + (report.doublyStochastic() ? ", doubly stochastic" : ", not doubly stochastic"));
    row(
        out,
        "strongly connected",
        report.stronglyConnected() ? "yes" : "no, " + report.components() + " components");
    row(out, "periodic", report.periodic() ? "yes, period " + report.period() : "no");
    row(out, "max degree", report.maxDegree() + " (messages a node sends per round)");
    row(out, "second eigenvalue", String.format(Locale.ROOT, "%.8f", report.secondEigenvalue()));
    row(out, "spectral gap", String.format(Locale.ROOT, "%.8f", report.spectralGap()));
    if (!report.predictedRounds().isEmpty()) {
      StringBuilder rounds = new StringBuilder();
      report
          .predictedRounds()
          .forEach(
              (distance, count) ->
                  rounds
                      .append(rounds.length() == 0 ? "" : ", ")
                      .append(count)
                      .append(" to ")
                      .append(distance));
      row(out, "predicted rounds", rounds.toString());
    }
    out.println(
        report.reachesConsensus()
            ? "It reaches consensus."
            : "It cannot reach consensus: " + report.reason());
  }

  private static void row(PrintWriter out, String name, String value) {
    out.printf(Locale.ROOT, "%-20s%s%n", name, value);
  }
}
