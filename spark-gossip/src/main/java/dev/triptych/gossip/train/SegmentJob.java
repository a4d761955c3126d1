package dev.triptych.gossip.train;

import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.WorkerGroup;
import java.util.ArrayList;
import java.util.List;
import scala.Tuple2;

/** The Spark job of a segment: its tasks, and a shuffle that averages their snapshots. */
final class SegmentJob {
  private SegmentJob() {}

  /**
   * Runs the tasks. The shuffle brings the nodes' snapshots of one key together in some executor,
   * so that the driver gets their mean only.
   */
  static List<SegmentPart> run(
      WorkerGroup workers, TaskBody<List<SegmentPart>> task, NodeCurves kept) {
    return workers
        .results(task)
        .flatMapToPair(
            parts -> parts.stream().map(part -> new Tuple2<>(part.key(), part)).iterator())
        .groupByKey(workers.numTasks())
        .map(group -> meanOrOnly(group._2(), kept))
        .collect();
  }

  /** The mean of the nodes' snapshots, or the only part of its key. */
  private static SegmentPart meanOrOnly(Iterable<SegmentPart> parts, NodeCurves kept) {
    List<NodeSnapshot> snapshots = new ArrayList<>();
    for (SegmentPart part : parts) {
      if (part instanceof NodeSnapshot snapshot) {
        snapshots.add(snapshot);
      } else {
        return part;
      }
    }
    return RoundMean.of(snapshots, kept.hasRound(snapshots.get(0).round));
  }
}
