package dev.triptych.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Fewer points for a page that would be too large. */
final class Thinning {
  private Thinning() {}

  /**
   * Leaves each trace, and the spans of each worker, at most so many entries: evenly spaced ones of
   * a trace with its first and last, the first ones of the spans.
   */
  static void apply(JsonNode runs, int limit) {
    for (JsonNode run : runs) {
      if (run.path("trace") instanceof ArrayNode trace && trace.size() > limit) {
        ArrayNode kept = ((ObjectNode) run).putArray("trace");
        for (int k = 0; k < limit; k++) {
          kept.add(trace.get((int) ((long) k * (trace.size() - 1) / (limit - 1))));
        }
      }
      JsonNode timeline = run.path("timeline");
      for (JsonNode worker : timeline.path("workers")) {
        if (worker.path("spans") instanceof ArrayNode spans && spans.size() > limit) {
          while (spans.size() > limit) {
            spans.remove(spans.size() - 1);
          }
          ((ObjectNode) timeline).put("sampled", true);
        }
      }
    }
  }
}
