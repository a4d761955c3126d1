/**
 * Where do the parameters live and how does a gradient change them? Start at {@link
 * dev.triptych.async.store.Shard}. Pure: knows no threads, sockets, clocks or Spark.
 */
@NullMarked
package dev.triptych.async.store;

import org.jspecify.annotations.NullMarked;
