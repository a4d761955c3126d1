package dev.triptych.notebooks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads notes as Zeppelin's server does, with its own {@code Note.fromJson}, and prints their names
 * and magics. Runs in a JVM of its own that has the server's class path; hence reflection.
 */
final class ZeppelinReader {
  private ZeppelinReader() {}

  /** Exit status 1, with the reason, at the first note that the server refuses. */
  public static void main(String[] files) throws Exception {
    Class<?> noteClass = Class.forName("org.apache.zeppelin.notebook.Note");
    for (String file : files) {
      Object note =
          noteClass
              .getMethod("fromJson", String.class, String.class)
              .invoke(null, "note", Files.readString(Path.of(file)));
      StringBuilder line = new StringBuilder();
      line.append(noteClass.getMethod("getName").invoke(note));
      for (Object paragraph : (List<?>) noteClass.getMethod("getParagraphs").invoke(note)) {
        Object magic = paragraph.getClass().getMethod("getIntpText").invoke(paragraph);
        line.append(" %").append(magic);
      }
      System.out.println(line);
    }
  }
}
