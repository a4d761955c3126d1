package dev.triptych.cli;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Objective;
import dev.triptych.report.RunsFile;
import dev.triptych.spark.data.Ratings;
import dev.triptych.spark.data.TrainingData;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.jspecify.annotations.Nullable;

/**
 * A problem ready to be trained.
 *
 * @param objective what is minimised
 * @param data on what, persisted in Spark
 * @param ratings whose data they are, for matrix factorization, else null
 * @param problem its facts for {@code runs.json}
 * @param facts the data's facts for {@code runs.json}
 */
record LoadedProblem(
    Objective objective,
    TrainingData data,
    @Nullable Ratings ratings,
    RunsFile.Problem problem,
    RunsFile.Data facts) {

  /** One line for the terminal. */
  String inWords() {
    Double optimum = problem.optimum();
    return String.format(
        Locale.ROOT,
        "%s: %,d examples, %,d features, %,d stored values; %s, lambda %s%s",
        facts.name(),
        facts.rows(),
        facts.features(),
        facts.nonzeros(),
        problem.name(),
        problem.lambda(),
        optimum == null ? "" : ", optimum " + optimum);
  }

  /** Gives the executors' memory back; for a session that lives on. */
  void unpersist() {
    data.blocks().unpersist(false);
    data.compact().unpersist(false);
    JavaRDD<ExampleBlock> test = data.test();
    if (test != null) {
      test.unpersist(false);
    }
  }
}
