package dev.triptych.core.training;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a run has reached its target. Pure. */
public final class TargetRule {
  private TargetRule() {}

  /** Position of the first point with F(w) ≤ target, or −1 if there is none or no target. */
  public static int firstAtOrBelow(@Nullable Double target, List<TracePoint> trace) {
    if (target != null) {
      for (int i = 0; i < trace.size(); i++) {
        if (trace.get(i).objective() <= target) {
          return i;
        }
      }
    }
    return -1;
  }
}
