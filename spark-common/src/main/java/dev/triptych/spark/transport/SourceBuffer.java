package dev.triptych.spark.transport;

import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.network.util.AbstractFileRegion;

/** An {@link UploadSource} as Spark's transport wants it. Without TLS nothing is copied twice. */
final class SourceBuffer extends ManagedBuffer {
  // What fits into a core's own cache with room to spare.
  private static final int PIECE_BYTES = 64 << 10;
  // What one system call after the other may take before other connections get their turn.
  private static final int TURN_BYTES = 256 << 10;
  private static final FastThreadLocal<ByteBuffer> PIECE =
      new FastThreadLocal<>() {
        @Override
        protected ByteBuffer initialValue() {
          return ByteBuffer.allocateDirect(PIECE_BYTES);
        }
      };

  private final UploadSource source;

  SourceBuffer(UploadSource source) {
    this.source = source;
  }

  @Override
  public long size() {
    return source.numBytes();
  }

  @Override
  public ByteBuffer nioByteBuffer() {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(source.numBytes()));
    source.write(0, all);
    return all.flip();
  }

  @Override
  public InputStream createInputStream() {
    return new ByteArrayInputStream(nioByteBuffer().array());
  }

  @Override
  public ManagedBuffer retain() {
    return this;
  }

  @Override
  public ManagedBuffer release() {
    return this;
  }

  @Override
  public Object convertToNetty() {
    return new Region(source);
  }

  @Override
  public Object convertToNettyForSsl() {
    return Unpooled.wrappedBuffer(nioByteBuffer());
  }

  /** Writes the source piece by piece. */
  private static final class Region extends AbstractFileRegion {
    private final UploadSource source;
    private long transferred;

    Region(UploadSource source) {
      this.source = source;
    }

    @Override
    public long position() {
      return 0;
    }

    @Override
    public long count() {
      return source.numBytes();
    }

    @Override
    public long transferred() {
      return transferred;
    }

    @Override
    public long transferTo(WritableByteChannel target, long position) throws IOException {
      long begin = position;
      long end = Math.min(source.numBytes(), begin + TURN_BYTES);
      ByteBuffer piece = PIECE.get();
      while (position < end) {
        // Up to a round number, so that an odd place costs the source no more than one piece.
        long left = Math.min(end - position, PIECE_BYTES - position % PIECE_BYTES);
        piece.clear().limit((int) left);
        source.write(position, piece);
        piece.flip();
        int written = target.write(piece);
        position += written;
        if (piece.hasRemaining()) {
          break;
        }
      }
      transferred = position;
      return position - begin;
    }

    @Override
    public AbstractFileRegion touch(Object hint) {
      return this;
    }

    @Override
    protected void deallocate() {}
  }
}
