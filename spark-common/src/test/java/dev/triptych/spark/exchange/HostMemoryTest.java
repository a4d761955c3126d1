package dev.triptych.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
  @Test
  void whatOneMappingWritesTheOtherReadsAlsoWhenTheFileHasNoNameAnyMore() throws Exception {
    HostMemory.Created created = HostMemory.create(3);
    HostMemory other = Objects.requireNonNull(HostMemory.open(created.file(), created.token(), 3));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(created.file())))
        .isEqualTo("rw-------");
    Files.delete(created.file());

    HostMemory memory = created.memory();
    // The last value of the last window is inside the file.
    memory.values(HostMemory.NUM_SLOTS - 1, 2, memory.windowBytes() - 8, 8).putLong(42);
    memory.setRelease(2, HostMemory.WRITTEN, 7);

    assertThat(other.getAcquire(2, HostMemory.WRITTEN)).isEqualTo(7);
    assertThat(other.values(HostMemory.NUM_SLOTS - 1, 2, memory.windowBytes() - 8, 8).getLong())
        .isEqualTo(42);
  }

  @Test
  void aFileWithAnotherTokenOrSizeOrNoneIsNotTrusted() throws Exception {
    HostMemory.Created created = HostMemory.create(2);
    byte[] wrong = created.token().clone();
    wrong[15] ^= 1;
    assertThat(HostMemory.open(created.file(), wrong, 2)).isNull();
    assertThat(HostMemory.open(created.file(), created.token(), 3)).isNull();
    Files.delete(created.file());
    assertThat(HostMemory.open(created.file(), created.token(), 2)).isNull();
  }

  @Test
  void manyNodesGetSmallerWindowsInsteadOfMoreMemory() throws Exception {
    HostMemory.Created created = HostMemory.create(1000);
    long bytes = Files.size(created.file());
    Files.delete(created.file());
    assertThat(bytes).isLessThan(50L << 20);
  }
}
