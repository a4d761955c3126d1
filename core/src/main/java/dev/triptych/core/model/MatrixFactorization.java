package dev.triptych.core.model;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.loss.SquaredLoss;

/**
 * Ratings: r̂ = μ + b_u + b_i + ⟨p_u, q_i⟩ with squared loss (Koren, Bell, Volinsky, Matrix
 * Factorization Techniques for Recommender Systems, 2009). A row stores two features, both 1: user
 * u and item numUsers + i. So it is a factorization machine (Rendle 2010, section V.A) whose μ, the
 * mean of all ratings, is given and not trained. Weights: b and the k factors of each user, then of
 * each item; all are penalised.
 */
public final class MatrixFactorization implements Model {
  private static final long serialVersionUID = 1L;

  private final FactorizationMachine machine;
  private final int numUsers;

  /**
   * @param numUsers the first features
   * @param numItems the others
   * @param rank k, at least 1
   * @param biases whether there are b_u and b_i
   * @param mean μ
   * @param initialScale factors start in [−initialScale, initialScale), not 0
   */
  public MatrixFactorization(
      int numUsers, int numItems, int rank, boolean biases, double mean, double initialScale) {
    this(
        new FactorizationMachine(
            new AroundMean(mean),
            Math.addExact(numUsers, numItems),
            rank,
            biases,
            false,
            initialScale),
        numUsers);
  }

  private MatrixFactorization(FactorizationMachine machine, int numUsers) {
    this.machine = machine;
    this.numUsers = numUsers;
  }

  public int numUsers() {
    return numUsers;
  }

  public int numItems() {
    return machine.numFeatures() - numUsers;
  }

  /** k. */
  public int rank() {
    return machine.numFactors();
  }

  public boolean hasBiases() {
    return machine.hasLinear();
  }

  /** μ. */
  public double mean() {
    return ((AroundMean) machine.loss()).mean;
  }

  @Override
  public int numFeatures() {
    return machine.numFeatures();
  }

  @Override
  public int parametersPerFeature() {
    return machine.parametersPerFeature();
  }

  @Override
  public int numParameters() {
    return machine.numParameters();
  }

  @Override
  public int numPenalised() {
    return machine.numPenalised();
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.REAL;
  }

  @Override
  public InitialWeights initialWeights(long seed) {
    return machine.initialWeights(seed);
  }

  @Override
  public double score(ExampleBlock block, int row, double[] weights) {
    return mean() + machine.score(block, row, weights);
  }

  @Override
  public double lossSum(ExampleBlock block, double[] weights) {
    return machine.lossSum(block, weights);
  }

  @Override
  public void addGradient(
      ExampleBlock block,
      int[] rows,
      int from,
      int to,
      double[] weights,
      double scale,
      double[] gradient) {
    machine.addGradient(block, rows, from, to, weights, scale, gradient);
  }

  @Override
  public double addLossGradient(
      ExampleBlock block, double[] weights, double scale, double[] gradient) {
    return machine.addLossGradient(block, weights, scale, gradient);
  }

  @Override
  public double curvatureBound(double squaredNorm) {
    return machine.curvatureBound(squaredNorm);
  }

  @Override
  public MatrixFactorization withNumFeatures(int newNumFeatures) {
    return new MatrixFactorization(machine.withNumFeatures(newNumFeatures), numUsers);
  }

  /** ½ (μ + s − y)². */
  private record AroundMean(double mean) implements Loss {
    private static final SquaredLoss SQUARED = new SquaredLoss();

    @Override
    public String name() {
      return SQUARED.name();
    }

    @Override
    public double value(double score, double label) {
      return SQUARED.value(mean + score, label);
    }

    @Override
    public double derivative(double score, double label) {
      return SQUARED.derivative(mean + score, label);
    }

    @Override
    public double curvatureBound() {
      return SQUARED.curvatureBound();
    }

    @Override
    public LabelKind labelKind() {
      return LabelKind.REAL;
    }
  }
}
