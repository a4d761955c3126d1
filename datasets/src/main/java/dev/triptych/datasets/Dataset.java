package dev.triptych.datasets;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A described data set; the data itself is fetched, never shipped. One whose licence is not clear
 * has no files: it is described so that users can get it themselves.
 *
 * @param name on the command line
 * @param title what it is, in one line
 * @param task what is to be predicted
 * @param features d; 0 for ratings
 * @param classes number of labels; null for real labels and ratings
 * @param scale what the values are multiplied by for the optima to hold, such as {@code 1/255};
 *     null for nothing
 * @param source page that describes it
 * @param licence under which its owners give it
 * @param citation whom to cite
 * @param rows examples for training, where there are no files to say so; else null
 * @param files one per split
 * @param optima known optimal values of training objectives
 */
public record Dataset(
    String name,
    String title,
    Task task,
    int features,
    @Nullable Integer classes,
    @Nullable String scale,
    String source,
    String licence,
    String citation,
    @Nullable Long rows,
    List<DataFile> files,
    List<Optimum> optima) {
  private static final double SAME_LAMBDA = 1e-9;

  public Dataset {
    files = List.copyOf(files);
    optima = List.copyOf(optima);
  }

  /** What is to be predicted. */
  public enum Task {
    BINARY,
    MULTICLASS,
    REGRESSION,
    RECOMMENDATION
  }

  /** Examples of all its files, or as described. */
  public long numRows() {
    return rows != null ? rows : files.stream().mapToLong(DataFile::rows).sum();
  }

  /** The file of a split ({@code train}, {@code test}, {@code all}), if there is one. */
  public Optional<DataFile> file(String split) {
    return files.stream().filter(file -> file.split().equals(split)).findFirst();
  }

  /** The known optimum of a problem on the training split, if there is one. */
  public Optional<Optimum> optimum(String loss, double lambda, Optimum.Intercept intercept) {
    return optima.stream()
        .filter(
            o ->
                o.loss().equals(loss)
                    && o.intercept() == intercept
                    && Math.abs(o.lambda() - lambda) <= SAME_LAMBDA * lambda)
        .findFirst();
  }
}
