package dev.triptych.spark.control;

import dev.triptych.spark.transport.Address;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of {@link ControlMessage}s and their replies, big-endian. A message is its type (one byte),
 * the run id and the fields in the record's order. A string is its length in bytes (int) and UTF-8;
 * a list is its length (int) and its elements; an address is host and port (int), an absent one an
 * empty host.
 *
 * <table>
 *   <caption>Messages</caption>
 *   <tr><th>type</th><th>message</th><th>reply</th></tr>
 *   <tr><td>1</td><td>Join</td><td>list of worker (int) and address</td></tr>
 *   <tr><td>2</td><td>Report</td><td>reason to stop (string), empty to go on</td></tr>
 *   <tr><td>3</td><td>Lookup</td><td>as for Join</td></tr>
 * </table>
 */
final class ControlCodec {
  private static final byte JOIN = 1;
  private static final byte REPORT = 2;
  private static final byte LOOKUP = 3;

  private ControlCodec() {}

  static ByteBuffer encode(ControlMessage message) {
    byte[] runId = utf8(message.runId());
    if (message instanceof ControlMessage.Join join) {
      byte[] host = join.exchange() == null ? new byte[0] : utf8(join.exchange().host());
      int size = 1 + sizeOf(runId) + 4 + 4 * join.workers().size() + 4 + sizeOf(host) + 4;
      ByteBuffer out = start(size, JOIN, runId).putInt(join.workers().size());
      join.workers().forEach(out::putInt);
      return putAddress(out.putInt(join.attempt()), host, join.exchange()).flip();
    }
    if (message instanceof ControlMessage.Report report) {
      return start(1 + sizeOf(runId) + 4 + 8, REPORT, runId)
          .putInt(report.worker())
          .putLong(report.updates())
          .flip();
    }
    return start(1 + sizeOf(runId), LOOKUP, runId).flip();
  }

  /**
   * @throws IllegalArgumentException naming what is wrong with the bytes
   */
  static ControlMessage decode(ByteBuffer in) {
    try {
      byte type = in.get();
      if (type < JOIN || type > LOOKUP) {
        throw new IllegalArgumentException("unknown control message type " + type);
      }
      String runId = string(in);
      ControlMessage message =
          switch (type) {
            case JOIN -> new ControlMessage.Join(runId, workers(in), in.getInt(), address(in));
            case REPORT -> new ControlMessage.Report(runId, in.getInt(), in.getLong());
            default -> new ControlMessage.Lookup(runId);
          };
      return complete(in, message);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("control message ends too early", e);
    }
  }

  static ByteBuffer encodeAddresses(Map<Integer, Address> addresses) {
    int size = 4;
    for (Address address : addresses.values()) {
      size += 4 + sizeOf(utf8(address.host())) + 4;
    }
    ByteBuffer out = ByteBuffer.allocate(size).putInt(addresses.size());
    addresses.forEach(
        (worker, address) -> putAddress(out.putInt(worker), utf8(address.host()), address));
    return out.flip();
  }

  static Map<Integer, Address> decodeAddresses(ByteBuffer in) {
    try {
      int count = length(in, 4 + 4 + 4);
      Map<Integer, Address> addresses = new TreeMap<>();
      for (int i = 0; i < count; i++) {
        int worker = in.getInt();
        Address address = address(in);
        if (address == null) {
          throw new IllegalArgumentException("worker " + worker + " has no address");
        }
        addresses.put(worker, address);
      }
      return complete(in, addresses);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("list of addresses ends too early", e);
    }
  }

  static ByteBuffer encodeStop(@Nullable String reason) {
    byte[] text = reason == null ? new byte[0] : utf8(reason);
    return putString(ByteBuffer.allocate(sizeOf(text)), text).flip();
  }

  /** The reason to stop, or null to go on. */
  static @Nullable String decodeStop(ByteBuffer in) {
    try {
      String reason = complete(in, string(in));
      return reason.isEmpty() ? null : reason;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("reply to a report ends too early", e);
    }
  }

  private static ByteBuffer start(int size, byte type, byte[] runId) {
    return putString(ByteBuffer.allocate(size).put(type), runId);
  }

  private static ByteBuffer putString(ByteBuffer out, byte[] text) {
    return out.putInt(text.length).put(text);
  }

  private static ByteBuffer putAddress(ByteBuffer out, byte[] host, @Nullable Address address) {
    return putString(out, host).putInt(address == null ? 0 : address.port());
  }

  private static List<Integer> workers(ByteBuffer in) {
    int count = length(in, 4);
    List<Integer> workers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      workers.add(in.getInt());
    }
    return workers;
  }

  private static @Nullable Address address(ByteBuffer in) {
    String host = string(in);
    int port = in.getInt();
    return host.isEmpty() ? null : new Address(host, port);
  }

  private static String string(ByteBuffer in) {
    byte[] text = new byte[length(in, 1)];
    in.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** A length, checked against the bytes that are there before anything is allocated for it. */
  private static int length(ByteBuffer in, int bytesPerElement) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining() / bytesPerElement) {
      throw new IllegalArgumentException(
          "length " + length + " does not fit into the " + in.remaining() + " bytes that follow");
    }
    return length;
  }

  private static <T> T complete(ByteBuffer in, T decoded) {
    if (in.hasRemaining()) {
      throw new IllegalArgumentException(in.remaining() + " bytes too many");
    }
    return decoded;
  }

  private static int sizeOf(byte[] text) {
    return 4 + text.length;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
