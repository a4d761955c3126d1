package dev.triptych.docs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One command of a shell block.
 *
 * @param place page and line
 * @param words as a shell would split them, the program first
 * @param background whether it ends with an ampersand
 * @param notRun why it cannot run in a test, as the block's comment says; empty if it can
 * @param scaled options that the block's comment lets a test set, such as {@code --epochs 2}
 */
record DocumentedCommand(
    String place, List<String> words, boolean background, String notRun, List<String> scaled) {
  private static final Pattern NOT_RUN = Pattern.compile("not run: (.+)");
  private static final Pattern SCALED = Pattern.compile("tested with ((?:--[a-z-]+ [^ ]+ ?)+).*");

  static final String TRIPTYCH = "bin/triptych";

  /** Those of all pages, in their order. */
  static List<DocumentedCommand> all() throws IOException {
    List<DocumentedCommand> commands = new ArrayList<>();
    for (Markdown page : Markdown.pages()) {
      for (Markdown.Block block : page.blocks()) {
        if (block.language().equals("sh") || block.language().equals("bash")) {
          commands.addAll(of(block));
        }
      }
    }
    return commands;
  }

  static List<DocumentedCommand> of(Markdown.Block block) {
    Matcher reason = NOT_RUN.matcher(block.mark());
    String notRun = reason.matches() ? reason.group(1) : "";
    Matcher options = SCALED.matcher(block.mark());
    List<String> scaled =
        options.matches() ? List.of(options.group(1).strip().split(" ")) : List.of();
    List<DocumentedCommand> commands = new ArrayList<>();
    String open = "";
    for (int i = 0; i < block.lines().size(); i++) {
      String line = open + block.lines().get(i);
      if (line.endsWith("\\")) {
        open = line.substring(0, line.length() - 1);
        continue;
      }
      open = "";
      List<String> words = words(line);
      while (!words.isEmpty() && words.get(0).matches("[A-Z_]+=.*")) {
        words = words.subList(1, words.size());
      }
      if (words.isEmpty()) {
        continue;
      }
      boolean background = words.get(words.size() - 1).equals("&");
      commands.add(
          new DocumentedCommand(
              block.path() + ":" + (block.line() + 1 + i),
              background ? words.subList(0, words.size() - 1) : words,
              background,
              notRun,
              scaled));
    }
    return commands;
  }

  boolean isTriptych() {
    return words.get(0).equals(TRIPTYCH) || isSparkSubmit();
  }

  /** Our jar, given to Spark. */
  boolean isSparkSubmit() {
    return words.get(0).equals("spark-submit") && words.contains("dev.triptych.cli.Triptych");
  }

  /** What our command line gets. */
  List<String> arguments() {
    if (!isSparkSubmit()) {
      return words.subList(1, words.size());
    }
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).endsWith("triptych.jar") && !words.get(i - 1).startsWith("--")) {
        return words.subList(i + 1, words.size());
      }
    }
    throw new IllegalArgumentException(place + ": spark-submit without triptych.jar");
  }

  /** {@link #arguments} with the options of {@link #scaled} in place of the documented ones. */
  List<String> testedArguments() {
    List<String> arguments = new ArrayList<>(arguments());
    if (!List.of("compare", "train").contains(arguments.get(0))) {
      return arguments;
    }
    for (int i = 0; i + 1 < scaled.size(); i += 2) {
      int there = arguments.indexOf(scaled.get(i));
      if (there >= 0) {
        arguments.set(there + 1, scaled.get(i + 1));
      } else {
        arguments.addAll(scaled.subList(i, i + 2));
      }
    }
    return arguments;
  }

  String text() {
    return String.join(" ", words);
  }

  /**
   * A line as a shell would split it: quotes, comments. Pipes, redirections and substitutions are
   * words of their own here; who checks commands finds them.
   */
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        inWord = true;
      } else if (c == '#' && !inWord) {
        break;
      } else if (Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
      } else {
        word.append(c);
        inWord = true;
      }
    }
    if (quote != 0) {
      throw new IllegalArgumentException("open quote: " + line);
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }
}
