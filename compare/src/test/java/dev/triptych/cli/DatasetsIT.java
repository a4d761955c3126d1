package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.triptych.datasets.Catalogue;
import dev.triptych.datasets.Dataset;
import dev.triptych.testing.DatasetMirror;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code datasets list, describe, fetch, generate}. */
class DatasetsIT {
  private static final String CLICKS = "clicklog,rows=3000,features=500,nonzeros=6,test=700,seed=4";
  private static final double NOISE = 0.3;

  @TempDir Path dir;

  private final String home = System.getProperty("user.home");

  @BeforeEach
  void fetchIntoAFolderOfItsOwn() {
    System.setProperty("user.home", dir.resolve("home").toString());
  }

  @AfterEach
  void restoreHome() {
    System.setProperty("user.home", home);
  }

  @Test
  void everySetIsListedAndDescribedWithLicenceCitationAndChecksum() {
    String list = CommandLineRun.of("datasets", "list").out();
    for (Dataset dataset : Catalogue.load().datasets()) {
      assertThat(list).contains(dataset.name(), dataset.licence());
      String described = CommandLineRun.of("datasets", "describe", dataset.name()).out();
      assertThat(described)
          .contains(dataset.source(), dataset.licence(), dataset.citation())
          .contains("task      ", "%,d rows".formatted(dataset.numRows()));
      dataset.files().forEach(file -> assertThat(described).contains(file.sha256()));
    }
    assertThat(list).contains("synthetic:clicklog", "synthetic:ratings");
    assertThat(CommandLineRun.of("datasets", "describe", "synthetic:ratings,noise=2").out())
        .contains("synthetic:ratings,rows=50000,test=12500,users=600", "noise=2.0");
    CommandLineRun unknown = CommandLineRun.of("datasets", "describe", "a9b");
    assertThat(unknown.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(unknown.err()).contains("did you mean a9a?").hasLineCount(1);
  }

  @Test
  void fetchTakesFilesOfAMirrorAndRefusesASpoiledOneInOneLine() throws IOException {
    Path mirrored = DatasetMirror.assumePresent("abalone/abalone.train.libsvm.gz");
    String mirror = mirrored.getParent().getParent().toUri().toString();
    Path bad = Files.createDirectories(dir.resolve("bad/abalone"));
    byte[] bytes = Files.readAllBytes(mirrored);
    bytes[1000] ^= 1;
    Files.write(bad.resolve(mirrored.getFileName()), bytes);
    CommandLineRun spoiled =
        CommandLineRun.of("datasets", "fetch", "abalone", "--mirror", bad.getParent().toString());
    assertThat(spoiled.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(spoiled.err()).contains("expected SHA-256").hasLineCount(1);
    assertThat(dir.resolve("home")).doesNotExist();

    CommandLineRun good = CommandLineRun.of("datasets", "fetch", "abalone", "--mirror", mirror);
    assertThat(good.status()).as(good.err()).isZero();
    assertThat(Path.of(good.out().strip())).hasSameBinaryContentAs(mirrored);
    assertThat(good.err()).contains("kB (100%)", ", done").hasLineCount(1);
    Files.delete(Path.of(good.out().strip()));
    CommandLineRun quiet =
        CommandLineRun.of("datasets", "fetch", "abalone", "--mirror", mirror, "--no-progress");
    assertThat(quiet.err()).isEmpty();
  }

  @Test
  void whatIsGeneratedIntoFilesTrainsAsTheSpecDoes() throws IOException {
    Path folder = dir.resolve("clicks");
    Path test = dir.resolve("clicks-test.libsvm.gz");
    CommandLineRun generated =
        CommandLineRun.of(
            "datasets",
            "generate",
            CLICKS,
            "--out",
            folder.toString(),
            "--test-out",
            test.toString(),
            "--parts",
            "3",
            "--gzip");
    assertThat(generated.status()).as(generated.err()).isZero();
    assertThat(generated.err()).contains("part 3 of 3 (100%)", "3,000 rows").hasLineCount(2);
    assertThat(names(folder))
        .containsExactly("part-00000.libsvm.gz", "part-00001.libsvm.gz", "part-00002.libsvm.gz");
    JsonNode ofFiles =
        trained(
            "files", "--data", folder.toString(), "--test", test.toString(), "--features", "500");
    JsonNode ofSpec = trained("spec", "--data", "synthetic:" + CLICKS);
    assertThat(ofFiles.get("finalObjective")).isEqualTo(ofSpec.get("finalObjective"));
    assertThat(ofFiles.get("finalTestMetrics").get("logLoss").asDouble())
        .isCloseTo(ofSpec.get("finalTestMetrics").get("logLoss").asDouble(), within(1e-14));

    // The test set's name is taken: the training set is not written either.
    CommandLineRun nothing =
        CommandLineRun.of(
            "datasets",
            "generate",
            CLICKS,
            "--out",
            dir.resolve("new").toString(),
            "--test-out",
            folder.toString());
    assertThat(nothing.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(nothing.err()).isEqualTo("triptych: " + folder + ": exists already\n");
    assertThat(names(dir)).containsExactly("clicks", "clicks-test.libsvm.gz", "files", "spec");
  }

  @Test
  void generatedRatingsAreLearnedUpToTheirNoise() throws IOException {
    String spec = "ratings,users=80,items=60,rows=3600,test=1200,factors=2,seed=3,noise=" + NOISE;
    Path file = dir.resolve("ratings.csv");
    CommandLineRun generated =
        CommandLineRun.of("datasets", "generate", spec, "--out", file.toString(), "--parts", "4");
    assertThat(generated.status()).as(generated.err()).isZero();
    assertThat(Files.readString(file)).startsWith("user,item,rating\n").hasLineCount(3601);
    JsonNode run =
        trained(
            "mf",
            "--problem",
            "mf",
            "--data",
            "synthetic:" + spec,
            "--factors",
            "2",
            "--lambda",
            "1e-4",
            "--sync-algorithm",
            "lbfgs",
            "--init-scale",
            "0.5",
            "--epochs",
            "60");
    double rmse = run.get("finalTestMetrics").get("rmse").asDouble();
    // 420 parameters of 3600 ratings add about an eighth to the squared error.
    assertThat(rmse).isBetween(NOISE * 0.95, NOISE * 1.2);
    CommandLineRun wrong =
        CommandLineRun.of(
            "train", "--modes", "sync", "--data", "synthetic:ratings", "--out", dir + "/x");
    assertThat(wrong.err())
        .isEqualTo("triptych: --data synthetic:ratings: ratings are trained with --problem mf\n");
  }

  @Test
  void theOptimumOfGeneratedLeastSquaresIsKnown() throws IOException {
    trained(
        "linear",
        "--problem",
        "linear",
        "--data",
        "synthetic:gaussian,rows=500,features=10",
        "--sync-algorithm",
        "lbfgs",
        "--lambda",
        "1e-3",
        "--epochs",
        "100");
    JsonNode runs = CommandLineRun.runs(dir.resolve("linear"));
    assertThat(runs.get("data").get("details").get("generated").asText())
        .isEqualTo(
            "synthetic:gaussian,rows=500,test=125,features=10,condition=10.0,noise=0.1,classes=1,seed=1");
    double optimum = runs.get("problem").get("optimum").asDouble();
    assertThat(runs.get("runs").get(0).get("finalObjective").asDouble())
        .isCloseTo(optimum, within(1e-9))
        .isGreaterThan(optimum - 1e-14);
  }

  private JsonNode trained(String out, String... options) throws IOException {
    String[] args = {"train", "--modes", "sync", "--no-weights", "--workers", "2", "--epochs", "1"};
    Path folder = dir.resolve(out);
    List<String> all = Stream.concat(defaults(args, options), Stream.of(options)).toList();
    CommandLineRun run = CommandLineRun.of(all.toArray(new String[0]), "--out", folder.toString());
    assertThat(run.status()).as(run.err()).isZero();
    return CommandLineRun.runs(folder).get("runs").get(0);
  }

  /** Without the epochs when the options have them. */
  private static Stream<String> defaults(String[] args, String... options) {
    int length = List.of(options).contains("--epochs") ? args.length - 2 : args.length;
    return Stream.of(args).limit(length);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
