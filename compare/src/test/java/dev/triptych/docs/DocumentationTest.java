package dev.triptych.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.cli.Triptych;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What the pages say can be typed, found and read: commands parse, links lead somewhere. {@link
 * DocumentedCommandsIT} runs the commands.
 */
class DocumentationTest {
  /** Options of other programs that pages name. */
  private static final Set<String> OTHERS_OPTIONS =
      Set.of(
          "--add-modules", // java
          "--class", // spark-submit
          "--conf",
          "--deploy-mode",
          "--jars",
          "--master",
          "--py-files",
          "--properties-file",
          "--name",
          "--headless", // chromium
          "--files",
          "--num-executors",
          "--executor-cores",
          "--executor-memory");

  /** What comes after a name in these blocks is output or a file, not a command. */
  private static final Set<String> LANGUAGES =
      Set.of("sh", "java", "scala", "python", "text", "yaml", "json");

  @Test
  void everyBlockSaysWhatItIs() throws IOException {
    TreeSet<String> unknown = new TreeSet<>();
    for (Markdown page : Markdown.pages()) {
      for (Markdown.Block block : page.blocks()) {
        if (!LANGUAGES.contains(block.language())) {
          unknown.add(block.place() + ": ```" + block.language());
        }
        if (block.language().equals("text")
            && block.lines().stream()
                .anyMatch(line -> line.matches("(bin/|mvn |spark-submit ).*"))) {
          unknown.add(block.place() + ": commands in a block of text");
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void everyCommandOfOursParses() throws IOException {
    TreeSet<String> refused = new TreeSet<>();
    int parsed = 0;
    for (DocumentedCommand command : DocumentedCommand.all()) {
      if (command.isTriptych()) {
        parse(command.place(), command.arguments(), refused);
        parse(command.place(), command.testedArguments(), refused);
        parsed++;
      }
    }
    for (Markdown page : Markdown.pages()) {
      for (Markdown.Line code : page.inlineCode()) {
        if (code.text().startsWith(DocumentedCommand.TRIPTYCH + " ")
            && !code.text().matches(".*[A-Z…].*")) {
          List<String> words = DocumentedCommand.words(code.text());
          parse(page.path() + ":" + code.number(), words.subList(1, words.size()), refused);
          parsed++;
        }
      }
    }
    assertThat(refused).isEmpty();
    assertThat(parsed).isGreaterThan(30);
  }

  @Test
  void everyOtherCommandIsThereOrTheBlockSaysWhyItIsNotRun() throws IOException {
    TreeSet<String> unknown = new TreeSet<>();
    for (DocumentedCommand command : DocumentedCommand.all()) {
      if (command.isTriptych()) {
        continue;
      }
      switch (command.words().get(0)) {
        case "mvn" -> checkMaven(command, unknown);
        case "bin/benchmark" -> checkBenchmark(command, unknown);
        default -> {
          if (command.notRun().isEmpty()) {
            unknown.add(command.place() + ": " + command.text());
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void everyOptionThatAPageNamesExists() throws IOException {
    Set<String> known = new TreeSet<>(OTHERS_OPTIONS);
    collectOptions(new CommandLine(new Triptych()), known);
    Pattern option = Pattern.compile("(?<![\\w-])--[a-z][a-z0-9-]*");
    TreeSet<String> unknown = new TreeSet<>();
    for (Markdown page : Markdown.pages()) {
      for (Markdown.Line code : page.inlineCode()) {
        Matcher matcher = option.matcher(code.text());
        while (matcher.find()) {
          if (!known.contains(matcher.group())) {
            unknown.add(page.path() + ":" + code.number() + ": " + matcher.group());
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void everyLinkLeadsToAFileAndAHeading() throws IOException {
    TreeSet<String> broken = new TreeSet<>();
    int links = 0;
    for (Markdown page : Markdown.pages()) {
      for (Markdown.Line link : page.links()) {
        if (link.text().matches("[a-z]+:.*")) {
          continue;
        }
        links++;
        String[] parts = link.text().split("#", 2);
        Path folder = Markdown.ROOT.resolve(page.path()).getParent();
        Path target =
            parts[0].isEmpty() ? Markdown.ROOT.resolve(page.path()) : folder.resolve(parts[0]);
        if (!Files.exists(target)) {
          broken.add(page.path() + ":" + link.number() + ": " + link.text());
        } else if (parts.length == 2
            && !new Markdown(target, Files.readAllLines(target)).anchors().contains(parts[1])) {
          broken.add(page.path() + ":" + link.number() + ": no heading " + link.text());
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(20);
  }

  @Test
  void everyTestThatAPageNamesExists() throws IOException {
    Map<String, String> tests = testSources();
    Pattern name =
        Pattern.compile("\\b((?!PropertyTest)[A-Z][a-z]\\w*(?:Test|IT))(?:\\.([a-z]\\w+))?\\b");
    TreeSet<String> missing = new TreeSet<>();
    int named = 0;
    for (Markdown page : Markdown.pages()) {
      for (String text : page.lines()) {
        Matcher matcher = name.matcher(text);
        while (matcher.find()) {
          String source = tests.get(matcher.group(1));
          String method = matcher.group(2);
          boolean file = "java".equals(method) || "class".equals(method);
          if (source == null
              || (method != null && !file && !source.contains("void " + method + "("))) {
            missing.add(page.path() + ": " + matcher.group());
          }
          named++;
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(named).isGreaterThan(50);
  }

  /** The source of every test class of all modules by its simple name. */
  private static Map<String, String> testSources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> modules = Files.list(Markdown.ROOT)) {
      for (Path module : modules.toList()) {
        Path folder = module.resolve("src/test/java");
        if (Files.isDirectory(folder)) {
          try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
              String simpleName = file.getFileName().toString().replace(".java", "");
              sources.merge(simpleName, Files.readString(file), String::concat);
            }
          }
        }
      }
    }
    return sources;
  }

  private final CommandLine commandLine =
      new CommandLine(new Triptych()).setCaseInsensitiveEnumValuesAllowed(true);

  private void parse(String place, List<String> arguments, Set<String> refused) {
    try {
      commandLine.parseArgs(arguments.toArray(new String[0]));
    } catch (CommandLine.ParameterException e) {
      refused.add(place + ": " + e.getMessage());
    }
  }

  /** The modules and the test class that a Maven command names exist. */
  private static void checkMaven(DocumentedCommand command, Set<String> unknown) {
    List<String> words = command.words();
    for (int i = 1; i < words.size(); i++) {
      if (words.get(i).equals("-pl")) {
        for (String module : words.get(i + 1).split(",")) {
          if (!Files.exists(Markdown.ROOT.resolve(module).resolve("pom.xml"))) {
            unknown.add(command.place() + ": no module " + module);
          }
        }
      }
    }
  }

  /** As {@code bin/benchmark} finds it. */
  private static void checkBenchmark(DocumentedCommand command, Set<String> unknown)
      throws IOException {
    String name = command.words().get(1);
    String file = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) + ".java";
    try (Stream<Path> sources =
        Files.list(Markdown.ROOT.resolve("benchmarks/src/main/java/dev/triptych/benchmarks"))) {
      if (sources.noneMatch(source -> source.getFileName().toString().equals(file))) {
        unknown.add(command.place() + ": no benchmark " + name);
      }
    }
  }

  private static void collectOptions(CommandLine commandLine, Set<String> options) {
    for (OptionSpec option : commandLine.getCommandSpec().options()) {
      options.addAll(List.of(option.names()));
    }
    commandLine.getSubcommands().values().forEach(each -> collectOptions(each, options));
  }
}
