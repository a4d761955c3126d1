package dev.triptych.benchmarks;

import dev.triptych.async.memory.SharedStep;
import dev.triptych.async.memory.SharedSteps;
import dev.triptych.async.memory.SharedWeights;
import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Sgd;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lock-free logistic SGD in shared memory, in millions of stored values a second: 200,000 rows of
 * 50 ones over 100,000 features, one row an update, on one thread and on two, beside a C++ loop
 * with float weights where there is a {@code g++}; and mini-batches of 1,000 as the trainer does
 * them. The variants take turns; medians.
 *
 * <p>{@code bin/benchmark HogwildKernel [ROUNDS]}.
 */
public final class HogwildKernel {
  private static final int ROWS = 200_000;
  private static final int FEATURES = 100_000;
  private static final int PER_ROW = 50;
  private static final double STEP_SIZE = 0.1;
  private static final int[] THREADS = {1, 2};
  private static final int PASSES = 3;

  private final ExampleBlock block;
  private final Objective objective =
      new Objective(new LinearModel(new LogisticLoss(), FEATURES, false), 0);

  private HogwildKernel(ExampleBlock block) {
    this.block = block;
  }

  /** Optionally the number of rounds. */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 9;
    System.out.println(
        "| columns | loop | M values/s, 1 thread | 2 threads | gain of the second |\n"
            + "|---|---|---|---|---|");
    for (boolean skewed : new boolean[] {false, true}) {
      ExampleBlock block = rows(skewed);
      Path folder = Files.createTempDirectory("hogwild");
      try {
        new HogwildKernel(block)
            .compare(skewed ? "Zipf" : "uniform", compiled(folder, block), rounds);
      } finally {
        try (var files = Files.list(folder)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
        Files.delete(folder);
      }
    }
  }

  /** One pass over the rows. */
  private interface Loop {
    /** Seconds of each of some passes, with so many threads. */
    double[] passes(int threads, int passes) throws Exception;
  }

  private void compare(String columns, @Nullable Path program, int rounds) throws Exception {
    List<String> names =
        new ArrayList<>(
            List.of(
                "Java, rows in order",
                "Java, rows in order, nothing shared",
                "Java, the trainer's steps, mini-batches of 1",
                "Java, the trainer's steps, mini-batches of 1,000"));
    List<Loop> loops =
        new ArrayList<>(
            List.of(
                (threads, passes) -> inOrder(threads, passes, true),
                (threads, passes) -> inOrder(threads, passes, false),
                (threads, passes) -> asTrainer(threads, passes, 1),
                (threads, passes) -> asTrainer(threads, passes, 1_000)));
    if (program != null) {
      names.add("C++, float, rows in order");
      loops.add((threads, passes) -> cpp(program, threads, passes));
    }
    double[][][] seconds = new double[loops.size()][THREADS.length][0];
    for (int round = -1; round < rounds; round++) {
      for (int loop = 0; loop < loops.size(); loop++) {
        for (int t = 0; t < THREADS.length; t++) {
          double[] passes = loops.get(loop).passes(THREADS[t], PASSES);
          if (round >= 0) {
            double[] before = seconds[loop][t];
            double[] all = Arrays.copyOf(before, before.length + passes.length);
            System.arraycopy(passes, 0, all, before.length, passes.length);
            seconds[loop][t] = all;
          }
        }
      }
    }
    for (int loop = 0; loop < loops.size(); loop++) {
      double one = rate(seconds[loop][0]);
      double two = rate(seconds[loop][1]);
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %.0f | %.0f | %.2f |%n",
          columns,
          names.get(loop),
          one,
          two,
          two / one);
    }
  }

  private static double rate(double[] seconds) {
    Arrays.sort(seconds);
    return (double) ROWS * PER_ROW / seconds[seconds.length / 2] / 1e6;
  }

  /**
   * What {@link SharedSteps} does with mini-batches of one row, in the order of storage.
   *
   * @param share false for weights of each thread's own: what two threads cost each other but for
   *     the weights that both write
   */
  private double[] inOrder(int threads, int passes, boolean share) throws Exception {
    double[][] ofThread = new double[threads][];
    for (int thread = 0; thread < threads; thread++) {
      ofThread[thread] = thread == 0 || !share ? new double[FEATURES] : ofThread[0];
    }
    LogisticLoss loss = new LogisticLoss();
    return timed(
        threads,
        passes,
        (thread, pass) -> {
          double[] weights = ofThread[thread];
          int end = (int) ((long) ROWS * (thread + 1) / threads);
          for (int row = (int) ((long) ROWS * thread / threads); row < end; row++) {
            double derivative = loss.derivative(block.dot(row, weights), block.label(row));
            block.addRow(row, -(STEP_SIZE * derivative), weights);
          }
        });
  }

  /** The steps of a run with {@code --transport memory}, shuffled as there. */
  private double[] asTrainer(int threads, int passes, int batch) throws Exception {
    SharedWeights shared = new SharedWeights(FEATURES, new Sgd());
    int[] counts = new int[FEATURES];
    block.countStored(counts);
    FeatureFrequency frequency = new FeatureFrequency(ROWS, counts);
    int rowsEach = ROWS / threads;
    SharedStep[] ofThread = new SharedStep[threads];
    List<ExampleBlock> parts = List.of(block);
    for (int thread = 0; thread < threads; thread++) {
      int first = thread * rowsEach;
      int[] rows = new int[rowsEach];
      Arrays.setAll(rows, i -> first + i);
      ExampleBlock part =
          threads == 1
              ? block
              : ExampleBlock.gather(FEATURES, parts, new int[rowsEach], rows, false);
      ofThread[thread] =
          SharedSteps.of(
              objective, part, new BatchSampler(rowsEach, batch, 1, thread), shared, frequency, 1);
    }
    return timed(
        threads,
        passes,
        (thread, pass) -> {
          SharedStep own = ofThread[thread];
          int steps = rowsEach / batch;
          long first = (long) pass * steps;
          for (long step = first; step < first + steps; step++) {
            own.read(step);
            own.write(STEP_SIZE);
          }
        });
  }

  private interface Pass {
    void run(int thread, int pass);
  }

  private static double[] timed(int numThreads, int passes, Pass body) throws Exception {
    double[] seconds = new double[passes];
    for (int pass = 0; pass < passes; pass++) {
      int number = pass;
      long start = System.nanoTime();
      List<Thread> threads = new ArrayList<>();
      for (int thread = 0; thread < numThreads; thread++) {
        int index = thread;
        threads.add(new Thread(() -> body.run(index, number)));
        threads.get(thread).start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      seconds[pass] = (System.nanoTime() - start) / 1e9;
    }
    return seconds;
  }

  private static double[] cpp(Path program, int threads, int passes) throws Exception {
    List<String> command =
        List.of(
            program.toString(),
            program.resolveSibling("rows").toString(),
            String.valueOf(ROWS),
            String.valueOf(FEATURES),
            String.valueOf(PER_ROW),
            String.valueOf(threads),
            String.valueOf(passes));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("the C++ loop failed: " + out);
    }
    return out.lines().mapToDouble(Double::parseDouble).toArray();
  }

  /** The compiled C++ loop beside its data, or null without a compiler. */
  private static @Nullable Path compiled(Path folder, ExampleBlock block) throws Exception {
    Path source = folder.resolve("hogwild.cpp");
    try (InputStream in = HogwildKernel.class.getResourceAsStream("hogwild.cpp")) {
      if (in == null) {
        throw new IOException("hogwild.cpp is not on the class path");
      }
      Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
    }
    Path program = folder.resolve("hogwild");
    try {
      Process compiler =
          new ProcessBuilder(
                  "g++",
                  "-O3",
                  "-march=native",
                  "-ffast-math",
                  "-pthread",
                  "-o",
                  program.toString(),
                  source.toString())
              .inheritIO()
              .start();
      if (!compiler.waitFor(2, TimeUnit.MINUTES) || compiler.exitValue() != 0) {
        System.err.println("g++ could not compile the C++ loop; it is left out");
        return null;
      }
    } catch (IOException e) {
      System.err.println("there is no g++; the C++ loop is left out");
      return null;
    }
    try (OutputStream out = Files.newOutputStream(folder.resolve("rows"));
        DataOutputStream data = new DataOutputStream(out)) {
      ByteBuffer bytes =
          ByteBuffer.allocate(ROWS * (4 * PER_ROW + 1)).order(ByteOrder.nativeOrder());
      for (int row = 0; row < ROWS; row++) {
        for (int k = 0; k < PER_ROW; k++) {
          bytes.putInt(block.columnAt(row, k));
        }
      }
      for (int row = 0; row < ROWS; row++) {
        bytes.put((byte) block.label(row));
      }
      data.write(bytes.array());
    }
    return program;
  }

  /** One column of each of 50 ranges: uniform, or by Zipf's law with exponent 1.1 as click logs. */
  private static ExampleBlock rows(boolean skewed) {
    SplittableRandom random = new SplittableRandom(1);
    int range = FEATURES / PER_ROW;
    double[] cumulative = new double[range];
    double sum = 0;
    for (int rank = 0; rank < range; rank++) {
      sum += skewed ? Math.pow(rank + 1, -1.1) : 1;
      cumulative[rank] = sum;
    }
    double[] labels = new double[ROWS];
    int[] offsets = new int[ROWS + 1];
    int[] columns = new int[ROWS * PER_ROW];
    for (int row = 0; row < ROWS; row++) {
      for (int k = 0; k < PER_ROW; k++) {
        int found = Arrays.binarySearch(cumulative, random.nextDouble() * sum);
        int rank = Math.min(found < 0 ? -found - 1 : found + 1, range - 1);
        columns[row * PER_ROW + k] = k * range + rank;
      }
      labels[row] = random.nextBoolean() ? 1 : -1;
      offsets[row + 1] = (row + 1) * PER_ROW;
    }
    return ExampleBlock.sparse(FEATURES, labels, offsets, columns, null);
  }
}
