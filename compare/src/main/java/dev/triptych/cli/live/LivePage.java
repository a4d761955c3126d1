package dev.triptych.cli.live;

import dev.triptych.core.training.StalenessHistogram;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.LiveStatus;
import java.util.List;
import java.util.Locale;

/** The runs as HTML for the inside of a page; no script. */
final class LivePage {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 120;

  private LivePage() {}

  static String html(List<LiveRuns.View> runs) {
    StringBuilder html = new StringBuilder();
    html.append("<p>The objective is evaluated while the training clock stands still: during a run")
        .append(" with --target, else when it is done. Load the page again to see more.</p>");
    if (runs.isEmpty()) {
      html.append("<p>No run has begun.</p>");
    }
    for (LiveRuns.View run : runs) {
      html.append("<h4>").append(escape(run.title())).append("</h4>");
      html.append("<table class=\"table table-bordered table-sm\"><tbody>");
      TrainingRun ended = run.ended();
      row(
          html,
          "Progress",
          ended == null
              ? text("epoch %.2f of %s", run.epochsDone(), run.epochs())
              : text(
                  "%s after %.2f s and %,d updates",
                  ended.stopReason().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                  ended.trainSeconds(),
                  ended.updates()));
      List<TracePoint> trace = run.trace();
      row(
          html,
          "Objective",
          trace.isEmpty()
              ? "not evaluated yet"
              : text("%.6f", trace.get(trace.size() - 1).objective()));
      staleness(html, run);
      html.append("</tbody></table>");
      if (trace.size() > 1) {
        curve(html, trace);
      }
      LiveStatus status = run.status();
      if (status != null) {
        shards(html, status);
      }
    }
    return html.toString();
  }

  private static void staleness(StringBuilder html, LiveRuns.View run) {
    TrainingRun ended = run.ended();
    LiveStatus status = run.status();
    StalenessHistogram histogram = ended == null ? null : ended.staleness();
    if (histogram != null) {
      row(html, "Staleness", text("mean %.2f, max %d", histogram.mean(), histogram.max()));
    } else if (status != null) {
      row(
          html,
          "Staleness",
          text(
              "mean %.2f, max %d, after %,d updates",
              status.meanStaleness(), status.maxStaleness(), status.updates()));
    }
  }

  private static void shards(StringBuilder html, LiveStatus status) {
    html.append("<table class=\"table table-bordered table-sm\"><thead><tr><th>Shard</th>")
        .append("<th>MB received</th><th>MB sent</th><th>Pulls waiting</th></tr></thead><tbody>");
    for (LiveStatus.Load shard : status.shards()) {
      html.append(
          text(
              "<tr><td>%d</td><td>%.2f</td><td>%.2f</td><td>%d</td></tr>",
              shard.shard(),
              shard.bytesReceived() / 1e6,
              shard.bytesSent() / 1e6,
              shard.waiting()));
    }
    html.append("</tbody></table>");
  }

  /** Objective over seconds. */
  private static void curve(StringBuilder html, List<TracePoint> trace) {
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (TracePoint point : trace) {
      if (Double.isFinite(point.objective())) {
        lowest = Math.min(lowest, point.objective());
        highest = Math.max(highest, point.objective());
      }
    }
    double seconds = Math.max(1e-9, trace.get(trace.size() - 1).seconds());
    double range = Math.max(1e-12, highest - lowest);
    html.append(
        text(
            "<svg role=\"img\" aria-label=\"Objective over seconds, from %.4g to %.4g\" width=\"%d\""
                + " height=\"%d\" viewBox=\"0 0 %d %d\"><polyline fill=\"none\" stroke=\"#1f77b4\""
                + " stroke-width=\"2\" points=\"",
            highest, lowest, WIDTH, HEIGHT, WIDTH, HEIGHT));
    for (TracePoint point : trace) {
      if (Double.isFinite(point.objective())) {
        html.append(
            text(
                "%.1f,%.1f ",
                WIDTH * point.seconds() / seconds,
                (HEIGHT - 4) * (highest - point.objective()) / range + 2));
      }
    }
    html.append("\"/></svg>")
        .append(
            text(
                "<p><small>Objective over %.3g s of training, between %.4g and %.4g.</small></p>",
                seconds, lowest, highest));
  }

  private static void row(StringBuilder html, String name, String value) {
    html.append("<tr><th>").append(name).append("</th><td>").append(value).append("</td></tr>");
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
