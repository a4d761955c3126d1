package dev.triptych.async.function;

/**
 * A user's function that runs on every shard, next to the parameters; only its small result travels
 * (Li et al., Scaling Distributed Machine Learning with the Parameter Server, OSDI 2014, section
 * 3.3). A public class with a public constructor without parameters, on the class path of the
 * servers and of the caller; its code never travels.
 *
 * <p>It runs on the thread that owns the shard, between two updates: it sees the weights of one
 * version, and the shard answers nobody meanwhile, so it must be quick and must not wait. A
 * function that fails fails its own call; the weights cannot be changed by one.
 */
public interface ServerFunction {
  /**
   * The result of one shard.
   *
   * @param slice the shard's part of the weights and of the scratch vectors
   * @param call what the caller said, the same on every shard
   * @return at most {@link FunctionRunner#MAX_RESULT} numbers
   */
  double[] apply(Slice slice, FunctionCall call);

  /**
   * The result of two groups of shards from theirs; runs at the caller, in the order of the shards.
   * The sum of the numbers, unless overridden.
   */
  default double[] combine(double[] left, double[] right, FunctionCall call) {
    if (left.length != right.length) {
      throw new IllegalArgumentException(
          "shards gave %d and %d numbers".formatted(left.length, right.length));
    }
    double[] sum = new double[left.length];
    for (int k = 0; k < sum.length; k++) {
      sum[k] = left[k] + right[k];
    }
    return sum;
  }

  /** The result of all shards from the combined one; runs at the caller. The same by default. */
  default double[] finish(double[] combined, FunctionCall call) {
    return combined;
  }
}
