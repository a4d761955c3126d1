package dev.triptych.async.client;

import dev.triptych.spark.transport.Address;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where the shards of a run are, as far as this process knows. Thread-safe. */
interface ShardRoutes {
  /** The server to ask. */
  Address server(int shard);

  /** Whether a shard may be elsewhere later. */
  boolean mayChange();

  /**
   * Learns anew where the shards are.
   *
   * @return never fails because the driver could not be asked; fails with a {@link
   *     ParameterServerException} if the run is lost
   */
  CompletableFuture<Void> refresh();

  /** Of shards that never move. */
  static ShardRoutes fixed(List<Address> servers) {
    return new ShardRoutes() {
      @Override
      public Address server(int shard) {
        return servers.get(shard);
      }

      @Override
      public boolean mayChange() {
        return false;
      }

      @Override
      public CompletableFuture<Void> refresh() {
        return CompletableFuture.completedFuture(null);
      }
    };
  }
}
