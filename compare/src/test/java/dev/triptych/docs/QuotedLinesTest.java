package dev.triptych.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every error line in docs/troubleshooting.md is one that the code prints. */
class QuotedLinesTest {
  private static final Pattern FIRST_CELL = Pattern.compile("\\| `([^`]+)` \\| .+ \\| .+ \\|");
  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

  @Test
  void everyQuotedLineStandsInOneSourceFile() throws IOException {
    List<List<String>> sources = literals();
    TreeSet<String> missing = new TreeSet<>();
    int quoted = 0;
    for (String line : Markdown.page("docs/troubleshooting.md").lines()) {
      Matcher cell = FIRST_CELL.matcher(line);
      if (cell.matches()) {
        quoted++;
        if (sources.stream().noneMatch(literals -> hasAll(literals, cell.group(1)))) {
          missing.add(cell.group(1));
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(quoted).isGreaterThan(20);
  }

  @Test
  void aLineThatNobodyPrintsIsNoticed() throws IOException {
    List<List<String>> sources = literals();
    assertThat(sources)
        .noneMatch(literals -> hasAll(literals, "no executor registered with Spark after … s"));
    assertThat(sources)
        .anyMatch(literals -> hasAll(literals, "no executor registered with Spark within … s"));
  }

  /** Whether each part between dots is in a literal of one file; the first and last part too. */
  private static boolean hasAll(List<String> literals, String quoted) {
    for (String part : quoted.split("…")) {
      String text = part.strip();
      if (text.length() > 2 && literals.stream().noneMatch(literal -> literal.contains(text))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The strings of each source file. Literals that are added up, over lines too, are one; format
   * specifiers are left as they are, since parts end there.
   */
  private static List<List<String>> literals() throws IOException {
    List<List<String>> files = new ArrayList<>();
    try (Stream<Path> modules = Files.list(Markdown.ROOT)) {
      for (Path module : modules.toList()) {
        Path main = module.resolve("src/main/java");
        if (!Files.isDirectory(main)) {
          continue;
        }
        try (Stream<Path> sources = Files.walk(main)) {
          for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
            files.add(literalsOf(Files.readString(source).replaceAll("\"\\s*\\+\\s*\"", "")));
          }
        }
      }
    }
    return files;
  }

  private static List<String> literalsOf(String source) {
    List<String> literals = new ArrayList<>();
    Matcher matcher = LITERAL.matcher(source);
    while (matcher.find()) {
      literals.add(matcher.group(1).replace("\\\"", "\"").replace("\\\\", "\\"));
    }
    return literals;
  }
}
