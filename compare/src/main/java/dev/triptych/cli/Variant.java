package dev.triptych.cli;

import dev.triptych.async.train.Transport;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the runs that a command makes: a mode, the asynchronous one perhaps several times over
 * different transports, gossip perhaps several times with different algorithms.
 *
 * @param transport of the asynchronous mode; else sockets
 * @param gossipAlgorithm of gossip; else empty
 * @param label such as {@code async}, {@code async-memory} or {@code gossip-extra}; also the folder
 *     of its weights
 */
record Variant(Mode mode, Transport transport, String gossipAlgorithm, String label) {
  /** The runs of these modes, in their order. */
  static List<Variant> of(
      List<Mode> modes, List<Transport> transports, List<String> gossipAlgorithms) {
    List<Variant> variants = new ArrayList<>();
    for (Mode mode : modes) {
      String name = mode.optionName();
      switch (mode) {
        case ASYNC ->
            transports.forEach(
                transport ->
                    variants.add(
                        new Variant(
                            mode,
                            transport,
                            "",
                            transport == Transport.SOCKET
                                ? name
                                : name + "-" + transport.optionName())));
        case GOSSIP ->
            gossipAlgorithms.forEach(
                algorithm ->
                    variants.add(
                        new Variant(
                            mode,
                            Transport.SOCKET,
                            algorithm,
                            gossipAlgorithms.size() == 1 ? name : name + "-" + algorithm)));
        default -> variants.add(new Variant(mode, Transport.SOCKET, "", name));
      }
    }
    return variants;
  }
}
