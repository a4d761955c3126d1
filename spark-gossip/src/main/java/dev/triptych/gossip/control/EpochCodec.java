package dev.triptych.gossip.control;

import dev.triptych.gossip.membership.Complaint;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.spark.transport.Address;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bytes of {@link EpochRequest}s and {@link EpochReply}s, big-endian: the type (one byte) and the
 * fields in the record's order. A string is its length in bytes (int) and UTF-8; a list is its
 * length (int) and its elements, nodes as ints and rounds as longs; an address is host and port.
 */
final class EpochCodec {
  private static final byte ARRIVE = 1;
  private static final byte READY = 2;
  private static final byte ALIVE = 3;
  private static final byte COMPLAIN = 4;
  private static final byte STOP = 5;
  private static final byte WAIT = 11;
  private static final byte OPEN = 12;
  private static final byte GO = 13;
  private static final byte REFORM = 14;
  private static final byte OVER = 15;

  private EpochCodec() {}

  static ByteBuffer encode(EpochRequest request) {
    return written(out -> write(request, out));
  }

  private static void write(EpochRequest request, DataOutputStream out) throws IOException {
    if (request instanceof EpochRequest.Arrive arrive) {
      start(ARRIVE, request, out);
      putNodes(arrive.nodes(), out);
      putRounds(arrive.rounds(), out);
      out.writeInt(arrive.after());
    } else if (request instanceof EpochRequest.Ready ready) {
      start(READY, request, out);
      out.writeInt(ready.epoch());
      putAddress(ready.exchange(), out);
    } else if (request instanceof EpochRequest.Alive alive) {
      start(ALIVE, request, out);
      out.writeInt(alive.epoch());
      putRounds(alive.sentRounds(), out);
    } else if (request instanceof EpochRequest.Complain complain) {
      start(COMPLAIN, request, out);
      out.writeInt(complain.epoch());
      out.writeInt(complain.complaint().node());
      out.writeLong(complain.complaint().round());
      putNodes(complain.complaint().others(), out);
    } else if (request instanceof EpochRequest.Stop stop) {
      start(STOP, request, out);
      putString(stop.reason(), out);
    }
  }

  /**
   * @throws IllegalArgumentException naming what is wrong with the bytes
   */
  static EpochRequest decodeRequest(ByteBuffer bytes) {
    return read(
        bytes,
        in -> {
          byte type = in.readByte();
          String runId = string(in);
          long life = in.readLong();
          return switch (type) {
            case ARRIVE ->
                new EpochRequest.Arrive(runId, life, nodes(in), rounds(in), in.readInt());
            case READY -> new EpochRequest.Ready(runId, life, in.readInt(), address(in));
            case ALIVE -> new EpochRequest.Alive(runId, life, in.readInt(), rounds(in));
            case COMPLAIN ->
                new EpochRequest.Complain(
                    runId,
                    life,
                    in.readInt(),
                    new Complaint(in.readInt(), in.readLong(), nodes(in)));
            case STOP -> new EpochRequest.Stop(runId, life, string(in));
            default -> throw new IllegalArgumentException("unknown epoch request " + type);
          };
        });
  }

  static ByteBuffer encode(EpochReply reply) {
    return written(out -> write(reply, out));
  }

  private static void write(EpochReply reply, DataOutputStream out) throws IOException {
    if (reply instanceof EpochReply.Wait) {
      out.writeByte(WAIT);
    } else if (reply instanceof EpochReply.Open open) {
      out.writeByte(OPEN);
      out.writeInt(open.epoch().number());
      out.writeLong(open.epoch().firstRound());
      putNodes(open.epoch().members(), out);
      out.writeInt(open.epoch().donors().size());
      for (Map.Entry<Integer, Integer> donor : open.epoch().donors().entrySet()) {
        out.writeInt(donor.getKey());
        out.writeInt(donor.getValue());
      }
    } else if (reply instanceof EpochReply.Go go) {
      out.writeByte(GO);
      out.writeInt(go.members().size());
      for (Map.Entry<Integer, Address> member : go.members().entrySet()) {
        out.writeInt(member.getKey());
        putAddress(member.getValue(), out);
      }
    } else if (reply instanceof EpochReply.Reform) {
      out.writeByte(REFORM);
    } else if (reply instanceof EpochReply.Over over) {
      out.writeByte(OVER);
      putString(over.reason(), out);
    }
  }

  /**
   * @throws IllegalArgumentException naming what is wrong with the bytes
   */
  static EpochReply decodeReply(ByteBuffer bytes) {
    return read(
        bytes,
        in -> {
          byte type = in.readByte();
          return switch (type) {
            case WAIT -> new EpochReply.Wait();
            case OPEN ->
                new EpochReply.Open(new Epoch(in.readInt(), in.readLong(), nodes(in), donors(in)));
            case GO -> new EpochReply.Go(addresses(in));
            case REFORM -> new EpochReply.Reform();
            case OVER -> new EpochReply.Over(string(in));
            default -> throw new IllegalArgumentException("unknown epoch reply " + type);
          };
        });
  }

  private static void start(byte type, EpochRequest request, DataOutputStream out)
      throws IOException {
    out.writeByte(type);
    putString(request.runId(), out);
    out.writeLong(request.life());
  }

  private static void putString(String text, DataOutputStream out) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static String string(DataInputStream in) throws IOException {
    return new String(in.readNBytes(length(in, 1)), StandardCharsets.UTF_8);
  }

  private static void putAddress(Address address, DataOutputStream out) throws IOException {
    putString(address.host(), out);
    out.writeInt(address.port());
  }

  private static Address address(DataInputStream in) throws IOException {
    return new Address(string(in), in.readInt());
  }

  private static void putNodes(List<Integer> nodes, DataOutputStream out) throws IOException {
    out.writeInt(nodes.size());
    for (int node : nodes) {
      out.writeInt(node);
    }
  }

  private static List<Integer> nodes(DataInputStream in) throws IOException {
    int length = length(in, Integer.BYTES);
    List<Integer> nodes = new ArrayList<>(length);
    for (int k = 0; k < length; k++) {
      nodes.add(in.readInt());
    }
    return nodes;
  }

  private static void putRounds(List<Long> rounds, DataOutputStream out) throws IOException {
    out.writeInt(rounds.size());
    for (long round : rounds) {
      out.writeLong(round);
    }
  }

  private static List<Long> rounds(DataInputStream in) throws IOException {
    int length = length(in, Long.BYTES);
    List<Long> rounds = new ArrayList<>(length);
    for (int k = 0; k < length; k++) {
      rounds.add(in.readLong());
    }
    return rounds;
  }

  private static Map<Integer, Integer> donors(DataInputStream in) throws IOException {
    int length = length(in, 2 * Integer.BYTES);
    Map<Integer, Integer> donors = new TreeMap<>();
    for (int k = 0; k < length; k++) {
      donors.put(in.readInt(), in.readInt());
    }
    return donors;
  }

  private static Map<Integer, Address> addresses(DataInputStream in) throws IOException {
    int length = length(in, 3 * Integer.BYTES);
    Map<Integer, Address> addresses = new TreeMap<>();
    for (int k = 0; k < length; k++) {
      addresses.put(in.readInt(), address(in));
    }
    return addresses;
  }

  /** A length, checked against the bytes that are there before anything is allocated for it. */
  private static int length(DataInputStream in, int bytesPerElement) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available() / bytesPerElement) {
      throw new IllegalArgumentException(
          "length " + length + " does not fit into the " + in.available() + " bytes that follow");
    }
    return length;
  }

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  private static ByteBuffer written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      writing.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  private interface Reading<T> {
    T from(DataInputStream in) throws IOException;
  }

  private static <T> T read(ByteBuffer bytes, Reading<T> reading) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(copy))) {
      T read = reading.from(in);
      if (in.available() > 0) {
        throw new IllegalArgumentException(in.available() + " bytes too many");
      }
      return read;
    } catch (IOException e) {
      throw new IllegalArgumentException("epoch message ends too early", e);
    }
  }
}
