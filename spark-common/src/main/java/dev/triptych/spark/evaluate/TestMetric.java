package dev.triptych.spark.evaluate;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.model.Model;

/** How good weights are on examples they were not trained on. */
public enum TestMetric {
  /** Share of examples whose score has the label's sign; a score of 0 counts as −1. */
  ACCURACY("accuracy") {
    @Override
    public double sum(Model model, ExampleBlock block, double[] weights) {
      double correct = 0;
      for (int r = 0; r < block.numRows(); r++) {
        if (model.score(block, r, weights) > 0 == block.label(r) > 0) {
          correct++;
        }
      }
      return correct;
    }

    @Override
    public double value(double sum, double numRows) {
      return sum / numRows;
    }
  },
  /** √ of the mean squared difference between score and label. */
  RMSE("rmse") {
    @Override
    public double sum(Model model, ExampleBlock block, double[] weights) {
      double sum = 0;
      for (int r = 0; r < block.numRows(); r++) {
        double residual = model.score(block, r, weights) - block.label(r);
        sum += residual * residual;
      }
      return sum;
    }

    @Override
    public double value(double sum, double numRows) {
      return Math.sqrt(sum / numRows);
    }
  },
  /** √ of the mean squared difference between the rate exp(score) and the count. */
  COUNT_RMSE("rmse") {
    @Override
    public double sum(Model model, ExampleBlock block, double[] weights) {
      double sum = 0;
      for (int r = 0; r < block.numRows(); r++) {
        double residual = Math.exp(model.score(block, r, weights)) - block.label(r);
        sum += residual * residual;
      }
      return sum;
    }

    @Override
    public double value(double sum, double numRows) {
      return Math.sqrt(sum / numRows);
    }
  },
  /** Share of examples whose predicted class is the label. */
  CLASS_ACCURACY("accuracy") {
    @Override
    public double sum(Model model, ExampleBlock block, double[] weights) {
      double correct = 0;
      for (int r = 0; r < block.numRows(); r++) {
        if (model.score(block, r, weights) == block.label(r)) {
          correct++;
        }
      }
      return correct;
    }

    @Override
    public double value(double sum, double numRows) {
      return sum / numRows;
    }
  };

  private final String fieldName;

  TestMetric(String fieldName) {
    this.fieldName = fieldName;
  }

  /** The metric for a kind of label. */
  public static TestMetric of(LabelKind labelKind) {
    return switch (labelKind) {
      case BINARY -> ACCURACY;
      case REAL -> RMSE;
      case COUNT -> COUNT_RMSE;
      case CLASS -> CLASS_ACCURACY;
    };
  }

  /** Name in {@code runs.json}. */
  public String fieldName() {
    return fieldName;
  }

  /** Summed over the rows of a block. */
  public abstract double sum(Model model, ExampleBlock block, double[] weights);

  /** The metric from the sum over all rows. */
  public abstract double value(double sum, double numRows);
}
