package dev.triptych.async.packing;

import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.traffic.Compression;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.spark.SparkConf;
import org.apache.spark.io.CompressionCodec;
import org.apache.spark.io.CompressionCodec$;
import org.jspecify.annotations.Nullable;

/**
 * Messages in envelopes: protocol version, type {@value #ENVELOPE}, codec (1 lz4, 2 zstd, 3
 * snappy), length of the message, then the message compressed. Messages that would not become
 * smaller go without. Thread-safe.
 */
public final class Packing {
  /** Type code of an envelope. */
  public static final byte ENVELOPE = 21;

  private static final int HEADER_BYTES = 7;
  private static final int MIN_MESSAGE_BYTES = 512;
  private static final int MAX_MESSAGE_BYTES = 1 << 30;

  /** An envelope that claims to hold more than this many times its size is refused. */
  private static final int MAX_RATIO = 1024;

  private static final Packing[] BY_CODE = new Packing[Compression.values().length];

  static {
    for (Compression compression : Compression.values()) {
      BY_CODE[compression.ordinal()] = new Packing(compression);
    }
  }

  private final Compression compression;
  private final @Nullable CompressionCodec codec;

  private Packing(Compression compression) {
    this.compression = compression;
    this.codec =
        compression == Compression.NONE
            ? null
            : CompressionCodec$.MODULE$.createCodec(new SparkConf(false), compression.optionName());
  }

  /** Envelopes of that codec, or none at all. */
  public static Packing of(Compression compression) {
    return BY_CODE[compression.ordinal()];
  }

  /** How the envelopes are made. */
  public Compression compression() {
    return compression;
  }

  /**
   * The message in an envelope, or itself.
   *
   * @param message a heap buffer
   */
  public ByteBuffer pack(ByteBuffer message) {
    int length = message.remaining();
    if (codec == null || length < MIN_MESSAGE_BYTES) {
      return message;
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream(length / 2 + HEADER_BYTES);
    byte[] header = new byte[HEADER_BYTES];
    ByteBuffer.wrap(header)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(Message.VERSION)
        .put(ENVELOPE)
        .put((byte) compression.ordinal())
        .putInt(length);
    packed.writeBytes(header);
    try (OutputStream out = codec.compressedOutputStream(packed)) {
      out.write(message.array(), message.arrayOffset() + message.position(), length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    boolean pays = packed.size() < length && length / MAX_RATIO < packed.size() - HEADER_BYTES;
    return pays ? ByteBuffer.wrap(packed.toByteArray()) : message;
  }

  /** What the envelope was made with; {@link Compression#NONE} if there is none. */
  public static Packing packingOf(ByteBuffer frame) throws MalformedMessageException {
    int start = frame.position();
    if (frame.remaining() < 2
        || frame.get(start) != Message.VERSION
        || frame.get(start + 1) != ENVELOPE) {
      return of(Compression.NONE);
    }
    int code = frame.remaining() < HEADER_BYTES ? 0 : frame.get(start + 2);
    if (code < 1 || code >= BY_CODE.length) {
      throw new MalformedMessageException("an envelope of no known codec");
    }
    return BY_CODE[code];
  }

  /** The message in an envelope of this kind. */
  public ByteBuffer unpack(ByteBuffer frame) throws MalformedMessageException {
    if (codec == null) {
      return frame;
    }
    ByteBuffer in = frame.slice().order(ByteOrder.LITTLE_ENDIAN);
    int length = in.getInt(3);
    byte[] packed = new byte[in.remaining() - HEADER_BYTES];
    if (length < 0 || length > MAX_MESSAGE_BYTES || length / MAX_RATIO > packed.length) {
      throw new MalformedMessageException(
          "an envelope of %d bytes that claims to hold %d".formatted(packed.length, length));
    }
    in.position(HEADER_BYTES);
    in.get(packed);
    try (InputStream out = codec.compressedInputStream(new ByteArrayInputStream(packed))) {
      byte[] message = out.readNBytes(length);
      if (message.length != length || out.read() >= 0) {
        throw new MalformedMessageException("an envelope that does not hold what it claims");
      }
      return ByteBuffer.wrap(message);
    } catch (IOException | RuntimeException e) {
      throw new MalformedMessageException("a damaged envelope: " + e.getMessage());
    }
  }
}
