package dev.triptych.notebooks;

import org.jspecify.annotations.Nullable;

/**
 * One paragraph of a note.
 *
 * @param where its note, number (from 1) and title, for messages
 * @param magic without the percent sign, such as {@code spark.sql}
 * @param code what follows the magic
 * @param chart how its table is drawn, if the note says so
 */
record Paragraph(String where, String magic, String code, @Nullable Chart chart) {
  /** Whether it promises a table: it shows one, asks in SQL, or has a chart drawn. */
  boolean claimsTable() {
    return magic.equals("spark.sql")
        || chart != null
        || (magic.equals("spark") && code.contains("z.show("));
  }

  /** Whether it promises a page with the report's charts. */
  boolean claimsReport() {
    return magic.equals("spark") && code.contains("%html");
  }
}
