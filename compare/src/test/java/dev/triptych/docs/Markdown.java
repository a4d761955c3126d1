package dev.triptych.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One page of documentation.
 *
 * @param path from the root of the repository
 * @param lines of the page
 */
record Markdown(Path path, List<String> lines) {
  /** The root of the repository, seen from a module's folder. */
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /**
   * A fenced block.
   *
   * @param line of its fence, from 1
   * @param language behind the fence, or empty
   * @param mark the HTML comment above it, or empty
   */
  record Block(Path path, int line, String language, String mark, List<String> lines) {
    String place() {
      return path + ":" + line;
    }
  }

  /** Text outside of fenced blocks, with its line from 1. */
  record Line(int number, String text) {}

  /** README, the pages in docs and those of other folders that users read. */
  static List<Markdown> pages() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String name :
        new String[] {"README.md", "CONTRIBUTING.md", "CHANGES.md", "notebooks/README.md"}) {
      files.add(ROOT.resolve(name));
    }
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
    }
    List<Markdown> pages = new ArrayList<>();
    for (Path file : files) {
      pages.add(new Markdown(ROOT.relativize(file), Files.readAllLines(file)));
    }
    return pages;
  }

  static Markdown page(String path) throws IOException {
    Path file = ROOT.resolve(path);
    return new Markdown(Path.of(path), Files.readAllLines(file));
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```")) {
        int end = i + 1;
        while (!lines.get(end).equals("```")) {
          end++;
        }
        String above = i == 0 ? "" : lines.get(i - 1).strip();
        blocks.add(
            new Block(
                path,
                i + 1,
                lines.get(i).substring(3),
                above.startsWith("<!--") && above.endsWith("-->")
                    ? above.substring(4, above.length() - 3).strip()
                    : "",
                List.copyOf(lines.subList(i + 1, end))));
        i = end;
      }
    }
    return blocks;
  }

  List<Line> prose() {
    List<Line> prose = new ArrayList<>();
    boolean fenced = false;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```")) {
        fenced = !fenced;
      } else if (!fenced) {
        prose.add(new Line(i + 1, lines.get(i)));
      }
    }
    return prose;
  }

  /** Everything in back-quotes, outside of fenced blocks. */
  List<Line> inlineCode() {
    return matches(CODE);
  }

  /** The targets of links and pictures. */
  List<Line> links() {
    return matches(LINK);
  }

  /** Addresses of the page's headings, as GitHub makes them. */
  List<String> anchors() {
    return prose().stream()
        .filter(line -> line.text().startsWith("#"))
        .map(
            line ->
                line.text()
                    .replaceFirst("^#+ +", "")
                    .toLowerCase(java.util.Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-'))
        .toList();
  }

  private List<Line> matches(Pattern pattern) {
    List<Line> found = new ArrayList<>();
    for (Line line : prose()) {
      Matcher matcher = pattern.matcher(line.text());
      while (matcher.find()) {
        found.add(new Line(line.number(), matcher.group(1)));
      }
    }
    return found;
  }
}
