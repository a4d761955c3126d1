package dev.triptych.datasets;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.Suggestion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The described data sets, from a resource. Immutable and thread-safe. */
public final class Catalogue {
  private static final String RESOURCE = "catalogue.json";

  private final List<Dataset> datasets;

  private Catalogue(List<Dataset> datasets) {
    this.datasets = List.copyOf(datasets);
  }

  /** Reads the catalogue that comes with Triptych. */
  public static Catalogue load() {
    try (InputStream in = Catalogue.class.getResourceAsStream(RESOURCE)) {
      return new Catalogue(
          new ObjectMapper()
              .readValue(
                  Objects.requireNonNull(in, RESOURCE), new TypeReference<List<Dataset>>() {}));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All data sets. */
  public List<Dataset> datasets() {
    return datasets;
  }

  public Optional<Dataset> find(String name) {
    return datasets.stream().filter(dataset -> dataset.name().equals(name)).findFirst();
  }

  /**
   * @throws InvalidInputException with the nearest name if there is no such data set
   */
  public Dataset named(String name) {
    return find(name)
        .orElseThrow(
            () -> {
              List<String> names = datasets.stream().map(Dataset::name).toList();
              return new InvalidInputException(
                  "unknown data set \""
                      + name
                      + "\""
                      + Suggestion.of(name, names)
                      + " (known: "
                      + String.join(", ", names)
                      + ")");
            });
  }
}
