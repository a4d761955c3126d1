package dev.triptych.spark.checkpoint;

import dev.triptych.core.state.DamagedStateException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * What a checkpoint holds, as a text file: one line per fact, the last one the CRC32C of all
 * before.
 *
 * @param run id of the run that was saved
 * @param examples applied when it was saved
 * @param fingerprint what has to be the same when it goes on, by name
 * @param parts by shard or node: bytes and CRC32C of its file
 */
public record Manifest(long run, long examples, Map<String, String> fingerprint, List<Part> parts) {
  private static final String FIRST_LINE = "triptych checkpoint 1";

  public Manifest {
    fingerprint = Map.copyOf(new LinkedHashMap<>(fingerprint));
    parts = List.copyOf(parts);
  }

  /** A file. */
  public record Part(long bytes, int checksum) {}

  String text() {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    text.append("run ").append(Long.toHexString(run)).append('\n');
    text.append("examples ").append(examples).append('\n');
    fingerprint.keySet().stream()
        .sorted()
        .forEach(
            name ->
                text.append("setting ")
                    .append(name)
                    .append(' ')
                    .append(fingerprint.get(name))
                    .append('\n'));
    for (Part part : parts) {
      text.append("part ").append(part.bytes()).append(' ').append(hex(part.checksum()));
      text.append('\n');
    }
    return text + "checksum " + hex(checksumOf(text.toString())) + '\n';
  }

  static Manifest parse(String text) throws DamagedStateException {
    int last = text.lastIndexOf("checksum ");
    if (last < 0
        || !text.substring(last)
            .equals("checksum " + hex(checksumOf(text.substring(0, last))) + '\n')) {
      throw new DamagedStateException("its checksum is wrong");
    }
    String[] lines = text.substring(0, last).split("\n");
    if (!lines[0].equals(FIRST_LINE)) {
      throw new DamagedStateException("it is of another version: " + lines[0]);
    }
    long run = 0;
    long examples = 0;
    Map<String, String> fingerprint = new LinkedHashMap<>();
    List<Part> parts = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" ", 3);
      switch (words[0]) {
        case "run" -> run = Long.parseUnsignedLong(words[1], 16);
        case "examples" -> examples = Long.parseLong(words[1]);
        case "setting" -> fingerprint.put(words[1], words[2]);
        case "part" ->
            parts.add(new Part(Long.parseLong(words[1]), Integer.parseUnsignedInt(words[2], 16)));
        default -> {} // the first line
      }
    }
    return new Manifest(run, examples, fingerprint, parts);
  }

  static int checksumOf(String text) {
    CRC32C checksum = new CRC32C();
    checksum.update(text.getBytes(StandardCharsets.UTF_8));
    return (int) checksum.getValue();
  }

  private static String hex(int value) {
    return "%08x".formatted(value);
  }
}
