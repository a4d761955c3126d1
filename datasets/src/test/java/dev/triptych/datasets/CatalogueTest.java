package dev.triptych.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.LabelRule;
import dev.triptych.core.loss.Loss.LabelKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogueTest {
  private final Catalogue catalogue = Catalogue.load();

  @Test
  void everySetIsDescribedWithLicenceCitationAndChecksums() {
    assertThat(catalogue.datasets())
        .extracting(Dataset::name)
        .containsExactly(
            "a9a",
            "mushrooms",
            "phishing",
            "covtype20k",
            "abalone",
            "digits",
            "mnist",
            "ml_latest_small",
            "rcv1",
            "news20",
            "url",
            "criteo");
    Set<String> checksums = new HashSet<>();
    for (Dataset dataset : catalogue.datasets()) {
      assertThat(List.of(dataset.title(), dataset.licence(), dataset.citation()))
          .as(dataset.name())
          .noneMatch(String::isBlank);
      assertThat(dataset.source()).startsWith("https://");
      assertThat(dataset.numRows()).as(dataset.name()).isPositive();
      assertThat(dataset.licence().startsWith("not clear"))
          .as(dataset.name())
          .isEqualTo(dataset.files().isEmpty());
      for (DataFile file : dataset.files()) {
        assertThat(file.sha256()).matches("[0-9a-f]{64}");
        assertThat(checksums.add(file.sha256())).isTrue();
        assertThat(file.bytes()).isPositive();
        assertThat(file.path()).startsWith(dataset.name() + "/" + dataset.name());
        DataFile.Original original = file.original();
        if (original != null) {
          assertThat(original.sha256()).matches("[0-9a-f]{64}").isNotEqualTo(file.sha256());
          assertThat(original.url()).startsWith("https://");
        }
      }
    }
  }

  @Test
  void aSetWhoseLicenceIsNotClearIsDescribedAndNotGivenOut() {
    Fetch fetch = new Fetch(Path.of("nowhere"), "nowhere either", Duration.ofSeconds(1));
    assertThatThrownBy(() -> fetch.fetch(catalogue.named("news20"), "train"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "news20: is described, not given out, because its licence is not clear: none is stated"
                + " for the postings; get it from"
                + " https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/binary.html and give the"
                + " file's path to --data");
  }

  @Test
  void labelsOfOriginalsAreMappedToThoseOfTheProblem() {
    assertThat(original("mushrooms").labelMap()).isEqualTo(Map.of(1.0, 1.0, 2.0, -1.0));
    assertThat(original("phishing").labelMap()).isEqualTo(Map.of(0.0, -1.0, 1.0, 1.0));
    assertThat(original("a9a").labelMap()).isEmpty();
    assertThat(new LabelRule(LabelKind.BINARY, original("mushrooms").labelMap()).map()).hasSize(2);
  }

  @Test
  void anOptimumIsFoundByLossLambdaAndIntercept() {
    Dataset a9a = catalogue.named("a9a");
    assertThat(a9a.optimum("logistic", 1e-4, Optimum.Intercept.NONE).orElseThrow().objective())
        .isEqualTo(0.324506924713757);
    assertThat(a9a.optimum("logistic", 1.0 / 32561, Optimum.Intercept.UNPENALISED)).isPresent();
    assertThat(a9a.optimum("hinge", 1e-4, Optimum.Intercept.NONE)).isPresent();
    assertThat(a9a.optimum("logistic", 2e-4, Optimum.Intercept.NONE)).isEmpty();
    assertThat(catalogue.named("abalone").optimum("linear", 1e-4, Optimum.Intercept.NONE))
        .isPresent();
    assertThat(catalogue.named("mnist").scale()).isEqualTo("1/255");
  }

  @Test
  void anUnknownNameIsAnsweredWithTheNearest() {
    assertThatThrownBy(() -> catalogue.named("mushroom"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "unknown data set \"mushroom\"; did you mean mushrooms? (known: a9a,");
  }

  @Test
  void factsAgreeWithTheMirrorsIndex() throws IOException {
    Path index = Path.of("../../shared/datasets/INDEX.json");
    assumeTrue(Files.exists(index), "no mirror of the data sets beside the repository");
    for (JsonNode set : new ObjectMapper().readTree(index.toFile()).get("sets")) {
      Dataset dataset = catalogue.named(set.get("name").asText());
      assertThat(dataset.optima()).hasSize(set.get("f_star").size());
      for (JsonNode file : set.get("files")) {
        DataFile ours = dataset.file(file.get("split").asText()).orElseThrow();
        assertThat(ours.sha256()).isEqualTo(file.get("sha256_gz").asText());
        assertThat(ours.bytes()).isEqualTo(file.get("bytes_gz").asLong());
        assertThat(ours.rows()).isEqualTo(file.get("rows").asLong());
      }
    }
  }

  private DataFile.Original original(String name) {
    return catalogue.named(name).file("train").orElseThrow().original();
  }
}
