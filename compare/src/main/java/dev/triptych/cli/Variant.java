package dev.triptych.cli;

import dev.triptych.async.train.Transport;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the runs that a command makes: a mode, the asynchronous one perhaps several times over
 * different transports, gossip perhaps several times with different algorithms, each perhaps with
 * several seeds.
 *
 * @param transport of the asynchronous mode; else sockets
 * @param gossipAlgorithm of gossip; else empty
 * @param label such as {@code async}, {@code async-memory} or {@code gossip-extra}; also the folder
 *     of its weights
 * @param repetition 0-based: what is added to {@code --seed}
 */
record Variant(
    Mode mode, Transport transport, String gossipAlgorithm, String label, int repetition) {
  /** Whether this is the run whose model is kept and whose slow worker is judged. */
  boolean isFirst() {
    return repetition == 0;
  }

  /** The same with the next seeds: all variants with one seed before the next. */
  static List<Variant> repeated(List<Variant> variants, int times) {
    List<Variant> all = new ArrayList<>();
    for (int k = 0; k < times; k++) {
      for (Variant variant : variants) {
        all.add(
            new Variant(
                variant.mode, variant.transport, variant.gossipAlgorithm, variant.label, k));
      }
    }
    return all;
  }

  /**
   * For progress: the label, and which repetition this is where there are several.
   *
   * @param firstSeed of {@code --seed}
   */
  String title(long firstSeed, int repetitions) {
    return repetitions == 1
        ? label
        : "%s, seed %d (%d of %d)"
            .formatted(label, firstSeed + repetition, repetition + 1, repetitions);
  }

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
                                : name + "-" + transport.optionName(),
                            0)));
        case GOSSIP ->
            gossipAlgorithms.forEach(
                algorithm ->
                    variants.add(
                        new Variant(
                            mode,
                            Transport.SOCKET,
                            algorithm,
                            gossipAlgorithms.size() == 1 ? name : name + "-" + algorithm,
                            0)));
        default -> variants.add(new Variant(mode, Transport.SOCKET, "", name, 0));
      }
    }
    return variants;
  }
}
