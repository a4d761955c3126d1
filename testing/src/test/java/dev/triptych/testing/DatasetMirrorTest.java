package dev.triptych.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class DatasetMirrorTest {
  @Test
  void theMirrorLiesBesideTheRepository() {
    Path root = DatasetMirror.repositoryRoot();

    assertThat(root.resolve("pom.xml")).exists();
    assertThat(root.resolve("testing")).isDirectory();
    assertThat(DatasetMirror.folder()).isEqualTo(root.resolveSibling("shared/datasets"));
  }

  @Test
  void aMissingFileSkipsTheTestWithTheReason() {
    String reason =
        Files.isDirectory(DatasetMirror.folder())
            ? "the mirror has no such-file"
            : "no mirror of data sets at";

    assertThatThrownBy(() -> DatasetMirror.assumePresent("such-file"))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining(reason);
  }
}
