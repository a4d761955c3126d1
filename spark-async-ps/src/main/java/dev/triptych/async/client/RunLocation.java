package dev.triptych.async.client;

import dev.triptych.async.store.RangePartition;
import dev.triptych.spark.transport.Address;
import java.io.Serializable;
import java.util.List;

/**
 * Where the shards of a run are; travels to the workers.
 *
 * @param run drawn by the driver
 * @param numParameters d
 * @param servers {@code servers.get(s)} hosts shard s
 */
public record RunLocation(long run, int numParameters, List<Address> servers)
    implements Serializable {
  public RunLocation {
    servers = List.copyOf(servers);
  }

  /** How the parameters are spread. */
  public RangePartition partition() {
    return new RangePartition(numParameters, servers.size());
  }
}
