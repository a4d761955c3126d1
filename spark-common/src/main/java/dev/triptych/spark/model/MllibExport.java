package dev.triptych.spark.model;

import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.model.FactorizationMachine;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.MatrixFactorization;
import dev.triptych.core.model.MultilayerPerceptron;
import dev.triptych.core.model.Softmax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.classification.FMClassificationModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.linalg.DenseMatrix;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.recommendation.ALSModel;
import org.apache.spark.ml.regression.FMRegressionModel;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Which of MLlib's own models scores as a trained model of ours does. */
public final class MllibExport {
  private MllibExport() {}

  /**
   * MLlib's model of the same scores; empty where it has none, as for a user's own model. Ratings
   * need the numbers of users and items: see {@link #als}.
   *
   * @param weights length numParameters
   */
  public static Optional<org.apache.spark.ml.Model<?>> of(
      dev.triptych.core.model.Model model, double[] weights) {
    if (model instanceof LinearModel linear) {
      return Optional.of(MllibModels.of(linear, weights));
    }
    if (model instanceof Softmax softmax) {
      return Optional.of(logisticRegression(softmax, weights));
    }
    if (model instanceof FactorizationMachine machine) {
      return Optional.of(factorizationMachine(machine, weights));
    }
    if (model instanceof MultilayerPerceptron network) {
      return Optional.of(multilayerPerceptron(network, weights));
    }
    return Optional.empty();
  }

  /** Multinomial: MLlib's matrix of K rows is column-major, as our weights are. */
  public static LogisticRegressionModel logisticRegression(Softmax model, double[] weights) {
    int numClasses = model.numClasses();
    int intercepts = model.numPenalised();
    Vector offsets =
        model.hasIntercepts()
            ? Vectors.dense(Arrays.copyOfRange(weights, intercepts, intercepts + numClasses))
            : Vectors.zeros(numClasses);
    return MllibModels.logisticRegression(
        Identifiable.randomUID("triptych"),
        new DenseMatrix(numClasses, model.numFeatures(), Arrays.copyOf(weights, intercepts)),
        offsets,
        numClasses,
        true);
  }

  /** A classifier where labels are −1 and +1, else a regression. */
  public static org.apache.spark.ml.Model<?> factorizationMachine(
      FactorizationMachine model, double[] weights) {
    int numFeatures = model.numFeatures();
    int numFactors = model.numFactors();
    int perFeature = model.parametersPerFeature();
    int first = perFeature - numFactors;
    double[] linear = new double[numFeatures];
    double[] factors = new double[numFeatures * numFactors];
    for (int j = 0; j < numFeatures; j++) {
      linear[j] = model.hasLinear() ? weights[j * perFeature] : 0;
      for (int f = 0; f < numFactors; f++) {
        factors[f * numFeatures + j] = weights[j * perFeature + first + f];
      }
    }
    double intercept = model.hasIntercept() ? weights[model.numPenalised()] : 0;
    Matrix matrix = new DenseMatrix(numFeatures, numFactors, factors);
    String uid = Identifiable.randomUID("triptych");
    if (model.labelKind() == LabelKind.BINARY) {
      FMClassificationModel classifier =
          new FMClassificationModel(uid, intercept, Vectors.dense(linear), matrix);
      classifier.set(classifier.factorSize(), numFactors);
      return classifier;
    }
    FMRegressionModel regression =
        new FMRegressionModel(uid, intercept, Vectors.dense(linear), matrix);
    regression.set(regression.factorSize(), numFactors);
    return regression;
  }

  /** MLlib keeps each layer's matrix, as ours, with its biases behind it. */
  public static MultilayerPerceptronClassificationModel multilayerPerceptron(
      MultilayerPerceptron model, double[] weights) {
    int[] layers = model.layers();
    double[] inOrder = new double[weights.length];
    int next = 0;
    for (int l = 1; l < layers.length; l++) {
      int size = layers[l - 1] * layers[l];
      System.arraycopy(weights, model.matrixAt(l), inOrder, next, size);
      System.arraycopy(weights, model.biasAt(l), inOrder, next + size, layers[l]);
      next += size + layers[l];
    }
    MultilayerPerceptronClassificationModel network =
        new MultilayerPerceptronClassificationModel(
            Identifiable.randomUID("triptych"), Vectors.dense(inOrder));
    network.set(network.layers(), layers);
    return network;
  }

  /**
   * The same ratings as products, which is all that ALS knows: user (p_u, μ + b_u, 1) and item
   * (q_i, 1, b_i), of rank k + 2 where there are biases, and of k + 1 where there is only a mean.
   * ALS keeps single precision. Its columns are {@code user} and {@code item}.
   *
   * @param users numbers of the users, in the order of the model
   * @param items the same of the items
   */
  public static ALSModel als(
      MatrixFactorization model, double[] weights, int[] users, int[] items, SparkSession spark) {
    List<Row> ofUsers = new ArrayList<>();
    for (int u = 0; u < users.length; u++) {
      ofUsers.add(RowFactory.create(users[u], factors(model, weights, u, true)));
    }
    List<Row> ofItems = new ArrayList<>();
    for (int i = 0; i < items.length; i++) {
      ofItems.add(RowFactory.create(items[i], factors(model, weights, users.length + i, false)));
    }
    ALSModel als =
        new ALSModel(
            Identifiable.randomUID("triptych"),
            model.rank() + (model.hasBiases() ? 2 : 1),
            factors(spark, ofUsers),
            factors(spark, ofItems));
    als.set(als.userCol(), "user");
    als.set(als.itemCol(), "item");
    als.set(als.coldStartStrategy(), "nan");
    return als;
  }

  private static List<Float> factors(
      MatrixFactorization model, double[] weights, int feature, boolean user) {
    int perFeature = model.parametersPerFeature();
    int at = feature * perFeature;
    List<Float> factors = new ArrayList<>();
    for (int f = perFeature - model.rank(); f < perFeature; f++) {
      factors.add((float) weights[at + f]);
    }
    double bias = model.hasBiases() ? weights[at] : 0;
    if (user) {
      factors.add((float) (model.mean() + bias));
    } else {
      factors.add(1f);
    }
    if (model.hasBiases()) {
      factors.add(user ? 1f : (float) bias);
    }
    return factors;
  }

  private static Dataset<Row> factors(SparkSession spark, List<Row> rows) {
    return spark.createDataFrame(
        rows,
        new StructType(
            new StructField[] {
              new StructField("id", DataTypes.IntegerType, false, Metadata.empty()),
              new StructField(
                  "features",
                  DataTypes.createArrayType(DataTypes.FloatType, false),
                  false,
                  Metadata.empty())
            }));
  }
}
