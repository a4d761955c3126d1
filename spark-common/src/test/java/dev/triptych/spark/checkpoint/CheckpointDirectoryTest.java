package dev.triptych.spark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDirectoryTest {
  @TempDir private Path folder;
  private CheckpointDirectory directory;

  @BeforeEach
  void open() {
    directory =
        CheckpointDirectory.at("--resume", folder.toString(), "shard", new Configuration(false));
  }

  @Test
  void theTwoNewestAreKeptAndTheNewestIsTaken() throws Exception {
    for (int examples = 1; examples <= 4; examples++) {
      assertThat(write(examples)).isEqualTo(examples);
    }

    assertThat(names()).containsExactly("checkpoint-0000000003", "checkpoint-0000000004");
    CheckpointDirectory.Saved saved = directory.newest("--resume");
    assertThat(saved.manifest().examples()).isEqualTo(4);
    assertThat(saved.open(0).readAllBytes()).containsExactly(4);
  }

  @Test
  void oneThatCouldNotBeFinishedLeavesTheOneBefore() throws Exception {
    write(1);

    assertThatThrownBy(
            () ->
                directory.write(
                    7,
                    2,
                    Map.of("rows", "9"),
                    1,
                    (shard, out) -> {
                      out.write(2);
                      throw new IOException("the disk is full");
                    }))
        .hasMessage("the disk is full");

    assertThat(directory.newest("--resume").manifest().examples()).isEqualTo(1);
    assertThat(write(3)).isEqualTo(2);
    assertThat(names()).containsExactly("checkpoint-0000000001", "checkpoint-0000000002");
  }

  @Test
  void aFolderWithoutOneIsRefused() {
    assertThatThrownBy(() -> directory.newest("--resume"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("--resume: no checkpoint in ");
  }

  private long write(int examples) throws IOException, InterruptedException {
    return directory.write(
        7, examples, Map.of("rows", "9"), 1, (shard, out) -> out.write(examples));
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
