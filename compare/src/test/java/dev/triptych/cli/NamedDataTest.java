package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedDataTest {
  @TempDir Path folder;

  @Test
  void anEmptyFolderSuchAsANewOutHidesNoCatalogueSet() throws IOException {
    Path named = Files.createDirectory(folder.resolve("a9a"));
    assertThat(NamedData.isThere(named)).isFalse();
    Files.writeString(named.resolve("part-0.libsvm"), "1 1:1\n");
    assertThat(NamedData.isThere(named)).isTrue();
    assertThat(NamedData.isThere(named.resolve("part-0.libsvm"))).isTrue();
    assertThat(NamedData.isThere(folder.resolve("nothing"))).isFalse();
  }
}
