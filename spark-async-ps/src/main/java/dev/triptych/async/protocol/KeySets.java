package dev.triptych.async.protocol;

import dev.triptych.async.store.Selection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sets of keys that one connection has named by their hashes, the least recently used ones
 * forgotten first. Not thread-safe.
 */
public final class KeySets {
  private static final int MAX_SETS = 1024;
  private static final long MAX_KEYS = 8 << 20;

  private final Map<Long, Selection> byHash = new LinkedHashMap<>(16, 0.75f, true);
  private long numKeys;

  /** The set of that name, or null. */
  @Nullable Selection find(long hash) {
    return byHash.get(hash);
  }

  /** Remembers a set. */
  void define(long hash, Selection selection) {
    Selection before = byHash.put(hash, selection);
    numKeys += selection.count(0) - (before == null ? 0 : before.count(0));
    Iterator<Selection> oldest = byHash.values().iterator();
    while (byHash.size() > MAX_SETS || (numKeys > MAX_KEYS && byHash.size() > 1)) {
      numKeys -= oldest.next().count(0);
      oldest.remove();
    }
  }
}
