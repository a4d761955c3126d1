package dev.triptych.async.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedRunTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("order.txt");
  }

  @Test
  void aWrittenRunIsReadBack() throws IOException {
    ArrivalOrder order = ArrivalOrder.of(3, new long[] {2, 0, 2, 0, 1, 0});
    new RecordedRun("{batch=5}", List.of(order, new ArrivalOrder(3))).write(file);
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "triptych-order 1",
            "settings {batch=5}",
            "workers 3",
            "shards 2",
            "shard 0 pushes 3",
            "2 0",
            "0 1",
            "2 0",
            "shard 1 pushes 0",
            "end");
    RecordedRun read = RecordedRun.read(file);
    assertThat(read.settings()).isEqualTo("{batch=5}");
    assertThat(read.shards().get(0).toLongs()).containsExactly(order.toLongs());
    assertThat(read.shards().get(0).versionRead(2, 1)).isZero();
    assertThat(read.shards().get(0).versionRead(1, 0)).isEqualTo(-1);
    assertThat(read.shards().get(1).size()).isZero();
  }

  @Test
  void damagedAndForeignFilesAreRefusedInOneLineWithTheirLineNumber() throws IOException {
    String good =
        "triptych-order 1\nsettings {}\nworkers 2\nshards 1\nshard 0 pushes 2\n0 0\n1 1\nend\n";
    write(good);
    assertThat(RecordedRun.read(file).shards()).hasSize(1);
    assertRefused("label,x1,x2\n1,0,3\n", ":1: expected \"triptych-order 1\"");
    assertRefused(good.replace("workers 2", "workers two"), ":3: expected a number from 1");
    assertRefused(good.replace("0 0\n", "2 0\n"), ":6: expected a number from 0 to 1, got \"2\"");
    assertRefused(good.replace("1 1\n", "1 2\n"), ":7: expected a number from 0 to 1, got \"2\"");
    assertRefused(good.replace("1 1\n", "11\n"), ":7: expected a worker and the version");
    assertRefused(good.replace("pushes 2", "pushes 3"), ":8: expected a worker");
    assertRefused(good.replace("end\n", ""), ":8: the file ends too early");
    assertRefused(good + "more\n", ":9: expected nothing");
    assertThatThrownBy(() -> RecordedRun.read(folder.resolve("none")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("none: cannot be read");
  }

  private void assertRefused(String text, String message) throws IOException {
    write(text);
    assertThatThrownBy(() -> RecordedRun.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + message);
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text);
  }
}
