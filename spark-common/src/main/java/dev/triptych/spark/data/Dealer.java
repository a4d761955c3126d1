package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureScaling;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Deals the rows of all chunks to the workers in one shuffle of packed pieces: a chunk sends each
 * worker one block of rows, and the worker copies every row to its place.
 *
 * @param slices which positions each worker gets
 * @param placement which position each row gets
 * @param firstRows rows before each chunk, by partition and place in it
 * @param numFeatures d
 * @param dense layout of the blocks
 * @param scaling of the features, or null
 */
record Dealer(
    Slices slices,
    Placement placement,
    long[][] firstRows,
    int numFeatures,
    boolean dense,
    @Nullable FeatureScaling scaling)
    implements Serializable {

  /** One partition per worker with one block each. */
  JavaRDD<ExampleBlock> deal(JavaRDD<Chunk> chunks) {
    return chunks
        .mapPartitionsWithIndex(this::pieces, false)
        .mapToPair(piece -> new Tuple2<>(piece.worker, piece))
        .partitionBy(new ByWorker(slices.numWorkers()))
        .values()
        .mapPartitionsWithIndex(this::assemble, true);
  }

  private Iterator<Piece> pieces(int partition, Iterator<Chunk> chunks) {
    return new Iterator<>() {
      private int c;
      private Iterator<Piece> ready = List.<Piece>of().iterator();

      @Override
      public boolean hasNext() {
        while (!ready.hasNext() && chunks.hasNext()) {
          ExampleBlock block = chunks.next().block;
          long[] positions = placement.positions(partition, c, block, firstRows[partition][c]);
          c++;
          ready = cut(block, positions).iterator();
        }
        return ready.hasNext();
      }

      @Override
      public Piece next() {
        return ready.next();
      }
    };
  }

  private List<Piece> cut(ExampleBlock block, long[] positions) {
    int numRows = positions.length;
    int[] ends = new int[slices.numWorkers() + 1];
    int[] workers = new int[numRows];
    for (int r = 0; r < numRows; r++) {
      workers[r] = slices.workerOf(positions[r]);
      ends[workers[r] + 1]++;
    }
    for (int w = 0; w < slices.numWorkers(); w++) {
      ends[w + 1] += ends[w];
    }
    int[] next = ends.clone();
    int[] byWorker = new int[numRows];
    for (int r = 0; r < numRows; r++) {
      byWorker[next[workers[r]]++] = r;
    }
    List<Piece> pieces = new ArrayList<>();
    for (int w = 0; w < slices.numWorkers(); w++) {
      int size = ends[w + 1] - ends[w];
      if (size > 0) {
        int[] rows = new int[size];
        int[] places = new int[size];
        for (int i = 0; i < size; i++) {
          rows[i] = byWorker[ends[w] + i];
          places[i] = (int) (positions[rows[i]] - slices.start(w));
        }
        pieces.add(
            new Piece(
                w,
                places,
                ExampleBlock.gather(numFeatures, List.of(block), new int[size], rows, false)));
      }
    }
    return pieces;
  }

  private Iterator<ExampleBlock> assemble(int worker, Iterator<Piece> pieces) {
    int numRows = Math.toIntExact(slices.size(worker));
    List<ExampleBlock> sources = new ArrayList<>();
    int[] sourceOf = new int[numRows];
    int[] rowOf = new int[numRows];
    while (pieces.hasNext()) {
      Piece piece = pieces.next();
      for (int r = 0; r < piece.places.length; r++) {
        sourceOf[piece.places[r]] = sources.size();
        rowOf[piece.places[r]] = r;
      }
      sources.add(piece.block);
    }
    try {
      ExampleBlock block = ExampleBlock.gather(numFeatures, sources, sourceOf, rowOf, dense);
      return List.of(scaling == null ? block : scaling.apply(block)).iterator();
    } catch (ArithmeticException e) {
      throw new InvalidInputException(
          "the "
              + numRows
              + " examples of worker "
              + worker
              + " hold more than the "
              + ExampleBlock.MAX_ENTRIES
              + " entries that fit one array; use more workers",
          e);
    }
  }

  /** Rows on their way to a worker. A plain final class: Spark's Kryo cannot read records. */
  private static final class Piece implements Serializable {
    private static final long serialVersionUID = 1L;
    final int worker;
    final int[] places;
    final ExampleBlock block;

    Piece(int worker, int[] places, ExampleBlock block) {
      this.worker = worker;
      this.places = places;
      this.block = block;
    }
  }
}
