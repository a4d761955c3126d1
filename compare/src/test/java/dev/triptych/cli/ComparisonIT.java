package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.InvalidInputException;
import dev.triptych.report.ReportFiles;
import dev.triptych.testing.SparkSessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code compare} on a session that is there already. */
@Timeout(120)
class ComparisonIT {
  private static final String DATA =
      "--data synthetic:clicklog,rows=2000,features=100,nonzeros=8,seed=9 --lambda 1e-3";

  @TempDir Path folder;

  @Test
  void itsTablesHoldWhatRunsJsonHoldsAndTheSessionLivesOn() throws IOException {
    SparkSession spark = SparkSessions.local2();
    Comparison done =
        Comparison.run(spark, DATA + "\n  --workers 3 --epochs 3 --topology ring --seed 7");

    assertThat(spark.sparkContext().isStopped()).isFalse();
    assertThat(spark.sparkContext().getPersistentRDDs().size()).as("nothing is kept").isZero();
    List<Row> runs = done.runs().collectAsList();
    assertThat(runs).extracting(row -> row.getString(0)).containsExactly("sync", "async", "gossip");
    assertThat(runs.get(1).<Double>getAs("meanStaleness")).isNotNegative();
    assertThat(runs.get(2).<Double>getAs("spectralGap")).as("ring of 3 nodes").isEqualTo(1.0);
    assertThat(done.workers().count()).isEqualTo(9);
    long gradients = done.staleness().agg(Map.of("gradients", "sum")).first().getLong(0);
    assertThat(gradients).isEqualTo(done.file().runs().get(1).updates());
    List<Row> gossip = done.trace().filter("mode = 'gossip'").orderBy("updates").collectAsList();
    assertThat(gossip).hasSameSizeAs(done.file().runs().get(2).trace());
    assertThat(gossip.get(gossip.size() - 1).<Double>getAs("objective"))
        .isEqualTo(done.file().runs().get(2).finalObjective());
    assertThat(done.file().command()).contains("compare").contains("--seed 7");

    Path out = folder.resolve("saved");
    done.save(out);
    assertThat(ReportFiles.read(out).runs()).hasSize(3);
    assertThat(unescaped(done.reportFrame(600)))
        .isEqualTo(Files.readString(out.resolve("report.html")));
    assertThat(done.reportFrame(600).lines()).hasSize(1);
  }

  @Test
  void badOptionsAreRefusedAsTheCommandRefusesThem() {
    SparkSession spark = SparkSessions.local2();
    assertThatThrownBy(() -> Comparison.run(spark, DATA + " --modes telepathy"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("telepathy");
    assertThatThrownBy(() -> Comparison.run(spark, "--epoch-s 3"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--epoch-s");
    assertThatThrownBy(() -> Comparison.run(spark, "--master local[4]"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("--master: a comparison from code");
  }

  private static String unescaped(String frame) {
    int start = frame.indexOf("srcdoc=\"") + "srcdoc=\"".length();
    return frame
        .substring(start, frame.lastIndexOf("\"></iframe>"))
        .replace("&#10;", "\n")
        .replace("&#13;", "\r")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
  }
}
