package dev.triptych.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SparkSessionsIT {
  @Test
  void theSharedSessionIsOneAndComesBackAfterASessionOfOnesOwn() throws IOException {
    SparkSession shared = SparkSessions.local2();
    assertThat(SparkSessions.local2()).isSameAs(shared);
    assertThat(sum()).isEqualTo(6);

    try (SparkSession own = SparkSessions.local2(Map.of("spark.test.marker", "mine"))) {
      assertThat(shared.sparkContext().isStopped()).isTrue();
      assertThat(own.sparkContext().getConf().get("spark.test.marker")).isEqualTo("mine");
    }

    assertThat(sum()).isEqualTo(6);
    assertThat(SparkSessions.local2().sparkContext().getConf().contains("spark.test.marker"))
        .isFalse();
  }

  @Test
  void aFailedTaskIsRetried() {
    List<Integer> attempts =
        SparkSessions.local2Context()
            .parallelize(List.of(1), 1)
            .map(
                x -> {
                  int attempt = TaskContext.get().attemptNumber();
                  if (attempt < 3) {
                    throw new IllegalStateException("on purpose");
                  }
                  return attempt;
                })
            .collect();

    assertThat(attempts).containsExactly(3);
  }

  private static int sum() {
    return SparkSessions.local2Context().parallelize(List.of(1, 2, 3), 2).reduce(Integer::sum);
  }
}
