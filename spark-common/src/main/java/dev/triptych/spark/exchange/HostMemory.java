package dev.triptych.spark.exchange;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Memory that processes of one host share: a file that all have mapped and that has no name any
 * more. It holds a random token, some counters per node and the windows of an all-reduce, see
 * {@link WindowPlan}. A node writes its own counters only; what it wrote before a counter is seen
 * by whoever has read the counter. Thread-safe in this sense.
 */
final class HostMemory {
  /** Windows a node has written, added up and read so far, over all all-reduces. */
  static final int WRITTEN = 0;

  static final int SUMMED = 1;
  static final int READ = 2;

  /** What a node adds up: 16 · length + bytes of a value. */
  static final int SHAPE = 3;

  /** 1 once a node has failed or was closed. */
  static final int GONE = 4;

  /** Windows that fit. */
  static final int NUM_SLOTS = 4;

  private static final int TOKEN_BYTES = 16;
  // Two cache lines, which processors fetch together.
  private static final int NODE_BYTES = 128;
  private static final int MAX_WINDOW_BYTES = 1 << 18;
  private static final int MIN_WINDOW_BYTES = 4096;
  private static final long MAX_BYTES = 48L << 20;
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final MappedByteBuffer mapped;
  private final int numNodes;
  private final int windowBytes;

  private HostMemory(MappedByteBuffer mapped, int numNodes) {
    this.mapped = mapped;
    this.numNodes = numNodes;
    this.windowBytes = windowBytes(numNodes);
  }

  /** A memory with the file by which others find it. */
  record Created(HostMemory memory, Path file, byte[] token) {}

  /**
   * Makes a file that only this user may open, in the host's memory where it has a folder for that.
   *
   * @throws IOException if there is no room, or no such file can be made
   */
  static Created create(int numNodes) throws IOException {
    Path shared = Path.of("/dev/shm");
    Path folder =
        Files.isDirectory(shared) && Files.isWritable(shared)
            ? shared
            : Path.of(System.getProperty("java.io.tmpdir"));
    Path file = Files.createTempFile(folder, "triptych-", ".memory", ownerOnly(folder));
    try {
      byte[] token = new byte[TOKEN_BYTES];
      new SecureRandom().nextBytes(token);
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        fill(channel, numBytes(numNodes));
        MappedByteBuffer mapped =
            channel.map(FileChannel.MapMode.READ_WRITE, 0, numBytes(numNodes));
        mapped.put(0, token);
        return new Created(new HostMemory(mapped, numNodes), file, token);
      }
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** Maps another process's file, or null if it is not there or not the one that was meant. */
  static @Nullable HostMemory open(Path file, byte[] token, int numNodes) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.size() != numBytes(numNodes)) {
        return null;
      }
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      byte[] found = new byte[TOKEN_BYTES];
      mapped.get(0, found);
      return Arrays.equals(found, token) ? new HostMemory(mapped, numNodes) : null;
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  // Written, not only made as long: where the room ends, writing says so, mapped memory kills.
  private static void fill(FileChannel channel, long numBytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
    for (long at = 0; at < numBytes; ) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), numBytes - at));
      at += channel.write(zeros, at);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static int windowBytes(int numNodes) {
    long fitting = MAX_BYTES / NUM_SLOTS / numNodes;
    long bounded = Math.max(MIN_WINDOW_BYTES, Math.min(MAX_WINDOW_BYTES, fitting));
    return (int) (bounded & -MIN_WINDOW_BYTES);
  }

  private static long numBytes(int numNodes) {
    return valuesBegin(numNodes) + (long) NUM_SLOTS * numNodes * windowBytes(numNodes);
  }

  private static int valuesBegin(int numNodes) {
    int begin = (1 + numNodes) * NODE_BYTES;
    return (begin + MIN_WINDOW_BYTES - 1) & -MIN_WINDOW_BYTES;
  }

  int numNodes() {
    return numNodes;
  }

  /** Longest window. */
  int windowBytes() {
    return windowBytes;
  }

  long getAcquire(int node, int counter) {
    return (long) LONGS.getAcquire(mapped, counterAt(node, counter));
  }

  void setRelease(int node, int counter, long value) {
    LONGS.setRelease(mapped, counterAt(node, counter), value);
  }

  private static int counterAt(int node, int counter) {
    return (1 + node) * NODE_BYTES + counter * Long.BYTES;
  }

  /** A node's values of a window, {@code numBytes} from {@code offset} on. */
  ByteBuffer values(long window, int node, int offset, int numBytes) {
    int slot = (int) (window % NUM_SLOTS);
    int at = valuesBegin(numNodes) + (slot * numNodes + node) * windowBytes + offset;
    return mapped.slice(at, numBytes);
  }
}
