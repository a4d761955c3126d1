package dev.triptych.async.client;

import dev.triptych.async.store.RangePartition;
import dev.triptych.spark.transport.Address;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the shards of a run are at its beginning; travels to the workers.
 *
 * @param run drawn by the driver
 * @param numParameters d
 * @param servers {@code servers.get(s)} hosts shard s
 * @param driver whom to ask where a shard is now; null if shards never move
 */
public record RunLocation(
    long run, int numParameters, List<Address> servers, @Nullable Address driver)
    implements Serializable {
  public RunLocation {
    servers = List.copyOf(servers);
  }

  /** Of shards that never move. */
  public RunLocation(long run, int numParameters, List<Address> servers) {
    this(run, numParameters, servers, null);
  }

  /** How the parameters are spread. */
  public RangePartition partition() {
    return new RangePartition(numParameters, servers.size());
  }
}
