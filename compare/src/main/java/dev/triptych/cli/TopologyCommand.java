package dev.triptych.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.mixing.TopologyReport;
import dev.triptych.report.GraphPicture;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
          "metropolis, uniform, uniform-without-self, lazy-metropolis, lazy-uniform, fastest,"
              + " column-stochastic or file (default: the file's weights, metropolis on undirected"
              + " and uniform on directed graphs).")
  @Nullable String mixing;

  @Option(
      names = "--parameters",
      paramLabel = "P",
      defaultValue = "1000000",
      description = "Weights of the model, for bytes per round (default: ${DEFAULT-VALUE}).")
  long parameters = 1_000_000;

  @Option(
      names = "--picture",
      paramLabel = "FILE.html",
      description = "Draw the graph, round by round if it changes.")
  @Nullable Path picture;

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    if (parameters < 1 || parameters > Integer.MAX_VALUE) {
      throw new InvalidInputException(
          "--parameters: expected 1 to " + Integer.MAX_VALUE + ", got " + parameters);
    }
    GraphOptions graph = GraphOptions.of(topology, nodes, mixing);
    TopologyReport report = TopologyReport.of(graph.topology(), graph.mixing());
    long bytesPerMessage = parameters * Double.BYTES;
    if (picture != null) {
      draw(picture, graph, report);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
      ObjectNode object = mapper.valueToTree(report);
      object.put("parameters", parameters);
      object.put("bytesPerNodePerRound", report.maxDegree() * bytesPerMessage);
      object.put("bytesPerRound", report.messagesPerRound() * bytesPerMessage);
      out.println(mapper.writeValueAsString(object));
    } else {
      print(report, out);
      row(
          out,
          "bytes per round",
          String.format(
              Locale.ROOT,
              "%,d from one node at most, %,d in all (%,d weights of 8 bytes)",
              report.maxDegree() * bytesPerMessage,
              report.messagesPerRound() * bytesPerMessage,
              parameters));
      out.println(
          report.reachesConsensus()
              ? "It reaches consensus."
              : "It cannot reach consensus: " + report.reason());
    }
    return report.reachesConsensus() ? ExitStatus.OK : ExitStatus.STOPPED_SHORT;
  }

  private static void draw(Path file, GraphOptions graph, TopologyReport report) {
    String facts =
        String.format(
            Locale.ROOT,
            "%d nodes, %d edges, %s weights, spectral gap %.6g. %s",
            report.nodes(),
            report.edges(),
            report.mixing(),
            report.spectralGap(),
            report.reachesConsensus()
                ? "It reaches consensus."
                : "It cannot reach consensus: " + report.reason());
    String page = GraphPicture.render(report.topology(), facts, graph.mixing());
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, page);
    } catch (IOException e) {
      throw new InvalidInputException("--picture: cannot write " + file + ": " + e, e);
    }
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
    row(
        out,
        "spectral gap",
        String.format(
            Locale.ROOT, report.spectralGap() < 1e-4 ? "%.6e" : "%.8f", report.spectralGap()));
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
    Integer exactAfter = report.exactAfterRounds();
    if (report.roundsUntilRepeat() > 1 || exactAfter != null) {
      row(
          out,
          "exact mean",
          (exactAfter == null ? "never" : "after " + exactAfter + " rounds")
              + (report.roundsUntilRepeat() > 1
                  ? ", the weights repeat after " + report.roundsUntilRepeat() + " rounds"
                  : ""));
    }
    Double smallest = report.smallestEigenvalue();
    if (report.reachesConsensus()) {
      row(out, "D2", report.d2Safe() ? "safe" : "not safe: " + report.d2Reason());
      row(
          out,
          "EXTRA",
          report.extraSafe() && smallest != null
              ? String.format(Locale.ROOT, "safe with a step size below %.4g/L", 1 + smallest)
              : "not safe: " + report.extraReason());
    }
  }

  private static void row(PrintWriter out, String name, String value) {
    out.printf(Locale.ROOT, "%-20s%s%n", name, value);
  }
}
