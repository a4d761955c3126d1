package dev.triptych.async.client;

import dev.triptych.async.protocol.Request;
import dev.triptych.async.store.Selection;
import dev.triptych.async.store.Selection.Naming;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which sets of keys one worker has named to one shard lately. A worker's gradient has the keys of
 * its last pull, so most sets travel once and are named once. What the server has forgotten it says
 * ({@code UNKNOWN_KEYS}), and is told again. Not thread-safe.
 */
final class KeyNames {
  private static final int MAX_NAMES = 8;

  /** Shorter lists of keys are not worth a name. */
  private static final int MIN_BYTES = 64;

  private final Map<Long, Boolean> recent =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
          return size() > MAX_NAMES;
        }
      };

  /** The selection as it is to be sent now. */
  Selection name(Selection selection) {
    if (selection.isAll() || Request.lengthOfKeys(selection) < MIN_BYTES) {
      return selection;
    }
    return selection.named(
        recent.put(selection.hash(), true) == null ? Naming.DEFINE : Naming.REFER);
  }
}
