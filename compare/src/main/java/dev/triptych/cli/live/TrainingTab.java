package dev.triptych.cli.live;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;
import org.apache.spark.ui.UIUtils;
import org.apache.spark.ui.WebUIPage;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction0;
import scala.xml.Node;
import scala.xml.Unparsed;

/**
 * The tab "Training" of Spark's web interface. Spark has no public interface for tabs: these
 * classes are private to its packages in Scala, and public to the JVM.
 */
public final class TrainingTab extends SparkUITab {
  private static final String PREFIX = "training";

  private TrainingTab(SparkUI ui, LiveRuns runs) {
    super(ui, PREFIX);
    attachPage(new Page(this, runs));
  }

  /**
   * Adds the tab where Spark has a web interface ({@code spark.ui.enabled}).
   *
   * @return its address, if there is one
   */
  public static Optional<String> attach(SparkContext spark, LiveRuns runs) {
    Option<SparkUI> ui = spark.ui();
    if (ui.isEmpty()) {
      return Optional.empty();
    }
    ui.get().attachTab(new TrainingTab(ui.get(), runs));
    return Optional.of(ui.get().webUrl() + "/" + PREFIX + "/");
  }

  private static final class Page extends WebUIPage {
    private final TrainingTab tab;
    private final LiveRuns runs;

    Page(TrainingTab tab, LiveRuns runs) {
      super("");
      this.tab = tab;
      this.runs = runs;
    }

    @Override
    public Seq<Node> render(HttpServletRequest request) {
      String html = LivePage.html(runs.all().stream().map(LiveRuns.LiveRun::view).toList());
      return UIUtils.headerSparkPage(
          request,
          "Training",
          new AbstractFunction0<Seq<Node>>() {
            @Override
            public Seq<Node> apply() {
              List<Node> nodes = List.of(new Unparsed(html));
              return CollectionConverters.asScala(nodes).toSeq();
            }
          },
          tab,
          Option.empty(),
          false,
          false);
    }
  }
}
