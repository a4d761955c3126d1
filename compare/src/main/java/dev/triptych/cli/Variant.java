package dev.triptych.cli;

import dev.triptych.async.train.Transport;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the runs that a command makes: a mode, the asynchronous one perhaps several times over
 * different transports.
 */
record Variant(Mode mode, Transport transport) {
  /** The runs of these modes, in their order. */
  static List<Variant> of(List<Mode> modes, List<Transport> transports) {
    List<Variant> variants = new ArrayList<>();
    for (Mode mode : modes) {
      if (mode == Mode.ASYNC) {
        transports.forEach(transport -> variants.add(new Variant(mode, transport)));
      } else {
        variants.add(new Variant(mode, Transport.SOCKET));
      }
    }
    return variants;
  }

  /** Such as {@code async} or {@code async-memory}; also the folder of its weights. */
  String label() {
    return transport == Transport.SOCKET
        ? mode.optionName()
        : mode.optionName() + "-" + transport.optionName();
  }
}
