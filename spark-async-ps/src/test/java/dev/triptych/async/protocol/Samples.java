package dev.triptych.async.protocol;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.async.function.FunctionCall;
import dev.triptych.async.function.Slice;
import dev.triptych.async.function.TopK;
import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.replica.Replica;
import dev.triptych.async.shard.HelloRequest;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.PullRequest;
import dev.triptych.async.shard.PushRequest;
import dev.triptych.async.shard.Response;
import dev.triptych.async.shard.ShardCut;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.async.shard.SliceSnapshot;
import dev.triptych.async.shard.SnapshotSummary;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.async.traffic.ValueFormat;
import dev.triptych.core.model.InitialWeights;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.training.StalenessHistogram;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.util.BitSet;
import java.util.List;

/** A sample of every message. */
public final class Samples {
  private static final ShardId SHARD = new ShardId(0x1234_5678_9abcL, 3);

  private Samples() {}

  /** Requests, an open run first. */
  public static List<Request> requests() {
    ShardSettings settings =
        new ShardSettings(
            4,
            3,
            new Sgd(),
            new StepSize(StepSize.Schedule.INVERSE_SQRT, 0.25),
            Consistency.ssp(3),
            1000,
            5000,
            7,
            40,
            DelayRules.parse("dc-asgd:0.5"));
    Selection keys = Selection.of(new int[] {0, 2});
    Selection range = Selection.range(0, 2).in(ValueFormat.FLOAT32);
    Gradient floats =
        Gradient.of(Selection.all().in(ValueFormat.FLOAT32), new double[] {0.5, -0.25, 3});
    Gradient bytes = Gradient.of(range.in(ValueFormat.INT8), new double[] {127, -3}, 3);
    Gradient dense = Gradient.dense(new double[] {1, -2.5, Double.MIN_VALUE});
    Gradient sparse = Gradient.sparse(new int[] {0, 2}, new double[] {4, 5});
    return List.of(
        new Request.OpenRun(SHARD, settings),
        new Request.OpenRun(
            SHARD,
            settings.withInitialWeights(
                new InitialWeights.Drawn(
                    5, 6, 3, 1, List.of(new InitialWeights.Range(1L << 33, 0.25))))),
        new Request.OpenRun(
            SHARD,
            settings.withInitialWeights(new InitialWeights.Given(new double[] {1, -2, 0.5}))),
        new Request.ExtendRun(SHARD, 10_000),
        new Request.RemoveWorker(SHARD, 2),
        new Request.Status(SHARD),
        new Request.FetchSnapshot(SHARD, 12),
        new Request.FetchCurrent(SHARD),
        new SnapshotRequest.ListSnapshots(SHARD, 13, 2),
        new SnapshotRequest.FetchValues(SHARD, 13, IntBuffer.wrap(new int[] {0, 2})),
        new Request.CallFunction(
            SHARD, 7, FunctionCall.of(TopK.class, List.of(Slice.WEIGHTS, "früher"), 3)),
        new Request.Queue(SHARD),
        new Request.RecordOrder(SHARD),
        new Request.ReplayOrder(SHARD, order()),
        new Request.FetchOrder(SHARD),
        new Request.Hello(SHARD, new HelloRequest(1, 77)),
        new Request.Pull(SHARD, new PullRequest(1, 77, 0, Selection.all())),
        new Request.Pull(SHARD, new PullRequest(2, 77, 5, keys)),
        new Request.Push(SHARD, new PushRequest(1, 77, 0, 0, 128, dense, null)),
        new Request.Push(SHARD, new PushRequest(1, 77, 0, 0, 128, dense, Selection.all())),
        new Request.Push(SHARD, new PushRequest(1, 77, 1, 0, 128, sparse, keys)),
        new Request.Pull(SHARD, new PullRequest(0, 77, 0, range)),
        new Request.Push(SHARD, new PushRequest(1, 77, 2, 0, 128, floats, range)),
        new Request.Push(SHARD, new PushRequest(1, 77, 3, 0, 128, bytes, null)),
        new Request.Keys(SHARD, keys),
        new ReplicaRequest.Follow(SHARD, 3, "127.0.0.1:7171"),
        new ReplicaRequest.Unfollow(SHARD, 4, "127.0.0.1:7171"),
        new ReplicaRequest.Promote(SHARD, 5),
        new ReplicaRequest.Retire(SHARD, 0),
        new ReplicaRequest.ReplicaStatus(SHARD, true),
        new ReplicaRequest.Replicate(SHARD, 5, List.of()),
        new ReplicaRequest.Install(SHARD, 5, 0, 3, new byte[] {1, 2, 3}),
        new ReplicaRequest.Locate(SHARD),
        new ReplicaRequest.Hold(SHARD),
        new ReplicaRequest.Release(SHARD),
        new ReplicaRequest.Cut(SHARD),
        new ReplicaRequest.Freeze(SHARD, 7),
        new ReplicaRequest.FetchState(SHARD, 7, 1 << 20),
        new ReplicaRequest.ResumeRun(SHARD, 5000),
        new Request.CloseRun(SHARD));
  }

  /** Answers. */
  public static List<Answer> answers() {
    StalenessHistogram staleness = new StalenessHistogram();
    staleness.add(0);
    staleness.add(9);
    ShardStatus status =
        new ShardStatus(
            Progress.DIVERGED,
            12,
            13,
            999,
            123_456_789L,
            1,
            2,
            33,
            3,
            4,
            5,
            6,
            7,
            List.of(0, 3),
            new long[] {1, 2, 3, 4},
            new long[] {5, 6, 7, 8},
            staleness,
            List.of(staleness, new StalenessHistogram()));
    DoubleBuffer values = DoubleBuffer.wrap(new double[] {1, 2, -3});
    return List.of(
        new Answer.Done(),
        new Answer.StatusAnswer(status),
        new Answer.Snapshot(new SliceSnapshot(1, 2, 3, 4, 5, values)),
        new Answer.Snapshot(null),
        new Answer.FunctionResult(12, new double[] {1, -0.5}),
        new Answer.Rejected(new Response.Rejected(Response.Reason.FENCED, "zurückgewiesen")),
        new Answer.Resume(new Response.Resume(Progress.RUNNING, 17)),
        new Answer.Weights(new Response.Weights(Progress.RUNNING, 8, values)),
        new Answer.Weights(new Response.Weights(Progress.RUNNING, 8, values, ValueFormat.FLOAT32)),
        new SnapshotAnswer.SnapshotList(
            List.of(
                new SnapshotSummary(1, 2, 3, 4, 5, 6.5, 2.5),
                new SnapshotSummary(7, 8, 9, 10, 11, 0, 0))),
        new SnapshotAnswer.Values(values),
        new Answer.Order(order()),
        new Answer.Queued(17),
        new Answer.Accepted(new Response.Accepted(Progress.DONE, 9)),
        new ReplicaAnswer.State(Replica.Role.BACKUP, 4, List.of("127.0.0.1:7171"), true),
        new ReplicaAnswer.Replicated(true, 4, 99),
        new ReplicaAnswer.Places(new long[] {4}, List.of("127.0.0.1:7171")),
        new ReplicaAnswer.CutState(
            new ShardCut(
                Progress.RUNNING,
                new long[] {3, 4},
                BitSet.valueOf(new long[] {2}),
                BitSet.valueOf(new long[] {1}))),
        new ReplicaAnswer.Frozen(1234),
        new ReplicaAnswer.StatePart(new byte[] {4, 5}));
  }

  private static ArrivalOrder order() {
    return ArrivalOrder.of(3, new long[] {2, 0, 2, 0, 1, 0});
  }
}
