package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.async.traffic.Compression;
import dev.triptych.async.traffic.Sparsification;
import dev.triptych.async.traffic.Traffic;
import dev.triptych.async.traffic.ValueFormat;
import dev.triptych.core.InvalidInputException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TrafficOptionsTest {

  @Test
  void nothingIsLostUnlessAskedFor() {
    assertThat(parse().traffic()).isEqualTo(Traffic.plain());
    assertThat(parse().traffic().isLossy()).isFalse();
  }

  @Test
  void everyOptionReachesTheSettings() {
    TrafficOptions options =
        parse(
            "--wire",
            "int8",
            "--compression",
            "zstd",
            "--sparsify",
            "top-k:0.01",
            "--kkt-filter",
            "--push-every",
            "3");
    assertThat(options.traffic())
        .isEqualTo(
            new Traffic(ValueFormat.INT8, Compression.ZSTD, Sparsification.topK(0.01), true, 3));
  }

  @Test
  void whatCannotBeIsRefusedByTheNameOfTheOption() {
    for (String[] bad :
        new String[][] {
          {"--wire", "float16"},
          {"--compression", "gzip"},
          {"--sparsify", "top-k"},
          {"--sparsify", "top-k:0"},
          {"--sparsify", "top-k:1.5"},
          {"--sparsify", "threshold:-1"},
          {"--sparsify", "threshold:NaN"},
          {"--sparsify", "largest:3"},
          {"--push-every", "0"}
        }) {
      assertThatThrownBy(() -> parse(bad).traffic())
          .as("%s %s", bad[0], bad[1])
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(bad[0])
          .hasMessageContaining(bad[1]);
    }
  }

  private static TrafficOptions parse(String... args) {
    TrafficOptions options = new TrafficOptions();
    new CommandLine(new Command(options)).parseArgs(args);
    return options;
  }

  @CommandLine.Command
  private static final class Command {
    @CommandLine.Mixin private final TrafficOptions options;

    Command(TrafficOptions options) {
      this.options = options;
    }
  }
}
