package dev.triptych.async.shard;

import dev.triptych.async.store.Gradient;
import org.jspecify.annotations.Nullable;

/** What is wrong with a request, in one line that names its worker and the first bad place. */
public final class Flaw {
  private Flaw() {}

  /** Why a slice of this length and version cannot take a push, or null if it can. */
  static @Nullable String of(PushRequest push, int length, long version) {
    if (!push.gradient().fits(length)) {
      return ofShape(push, length);
    }
    if (push.next() != null && !push.next().fits(length)) {
      return ofKeys(push.worker(), length);
    }
    if (push.sequence() < 0 || push.versionRead() < 0 || push.versionRead() > version) {
      return "worker %d pushes sequence %d computed from version %d at version %d"
          .formatted(push.worker(), push.sequence(), push.versionRead(), version);
    }
    return push.numExamples() < 1
        ? "worker %d pushes a mini-batch of %d examples"
            .formatted(push.worker(), push.numExamples())
        : null;
  }

  /** What is wrong with a selection that does not fit a slice. */
  static String ofKeys(int worker, int length) {
    return "the keys that worker %d asks for must ascend below %d".formatted(worker, length);
  }

  /** Why a gradient that does not {@linkplain Gradient#fits fit} a slice does not. */
  private static String ofShape(PushRequest push, int length) {
    int[] positions = push.gradient().positions();
    if (positions == null) {
      return "the gradient of worker %d has %d values, the slice %d"
          .formatted(push.worker(), push.gradient().values().length, length);
    }
    int previous = -1;
    for (int k = 0; k < positions.length; k++) {
      if (positions[k] <= previous || positions[k] >= length) {
        return "the gradient of worker %d has position %d at index %d; they must ascend below %d"
            .formatted(push.worker(), positions[k], k, length);
      }
      previous = positions[k];
    }
    return "the gradient of worker %d does not fit a slice of %d".formatted(push.worker(), length);
  }

  /** Which value of a gradient is not {@linkplain Gradient#isFinite finite}, or null if all are. */
  public static @Nullable String ofValues(PushRequest push) {
    double[] values = push.gradient().values();
    int[] positions = push.gradient().positions();
    for (int k = 0; k < values.length; k++) {
      if (!Gradient.isFinite(values[k])) {
        return "gradient %d of worker %d is %s at position %d of the slice"
            .formatted(
                push.sequence(), push.worker(), values[k], positions == null ? k : positions[k]);
      }
    }
    return null;
  }
}
