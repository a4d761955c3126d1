package dev.triptych.datasets;

import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import java.io.Serializable;
import java.util.SplittableRandom;

/**
 * Ratings of known low rank: r = {@value #MEAN} + b_u + b_i + ⟨p_u, q_i⟩ + noise·z, all parts
 * normal. Biases have standard deviation {@value #BIAS_DEVIATION}, the k numbers of p_u and q_i
 * have k^{−1/4}, so that ⟨p_u, q_i⟩ has 1. The noise belongs to its row alone, so nothing that is
 * learned from other rows has an expected RMSE on them below {@code noise}, and the true factors
 * reach it. Rows are different (user, item) pairs in random order, as in matrix completion (Candès
 * and Recht, 2009).
 *
 * <p>A row's two dense values are the numbers of its user and its item; the rating is the label.
 *
 * @param users number of users
 * @param items number of items
 * @param factors k
 * @param noise standard deviation of the noise
 * @param seed of everything
 */
record LowRankRatings(int users, int items, int factors, double noise, long seed)
    implements ExampleGenerator, Serializable {
  static final double MEAN = 3.5;
  private static final double BIAS_DEVIATION = 0.5;
  private static final long ROW = 1;
  private static final long USER = 2;
  private static final long ITEM = 3;
  private static final long PAIR = 4;

  /** User and item. */
  @Override
  public int numFeatures() {
    return 2;
  }

  @Override
  public ExampleBlock rows(long from, long to) {
    Shuffle pairs = new Shuffle((long) users * items, Draws.bits(seed, PAIR, 0));
    BlockBuilder rows = new BlockBuilder(2);
    double[] numbers = new double[2];
    double[] ofUser = new double[1 + factors];
    double[] ofItem = new double[1 + factors];
    for (long i = from; i < to; i++) {
      long pair = pairs.at(i);
      int user = (int) (pair / items);
      int item = (int) (pair % items);
      numbers[0] = user;
      numbers[1] = item;
      userParameters(user, ofUser);
      itemParameters(item, ofItem);
      double label = MEAN + ofUser[0] + ofItem[0];
      for (int f = 1; f <= factors; f++) {
        label += ofUser[f] * ofItem[f];
      }
      if (noise > 0) {
        label += noise * Draws.normal(Draws.at(seed, ROW, i));
      }
      rows.addDense(label, numbers);
    }
    return rows.build();
  }

  /** b_u and p_u. */
  void userParameters(int user, double[] into) {
    draw(Draws.at(seed, USER, user), into);
  }

  /** b_i and q_i. */
  void itemParameters(int item, double[] into) {
    draw(Draws.at(seed, ITEM, item), into);
  }

  private void draw(SplittableRandom random, double[] into) {
    into[0] = BIAS_DEVIATION * Draws.normal(random);
    double deviation = Math.pow(factors, -0.25);
    for (int f = 1; f <= factors; f++) {
      into[f] = deviation * Draws.normal(random);
    }
  }
}
