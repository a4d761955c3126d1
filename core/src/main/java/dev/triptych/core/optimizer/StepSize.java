package dev.triptych.core.optimizer;

import java.io.Serializable;

/**
 * Step size α as a function of the epochs e done so far (examples processed by all workers / n,
 * fractional), so that every mode follows the same schedule over the data whatever its number of
 * updates per epoch. Immutable and thread-safe.
 *
 * @param schedule how α falls
 * @param initial α(0), positive and finite
 */
public record StepSize(Schedule schedule, double initial) implements Serializable {
  public StepSize {
    if (!(initial > 0) || Double.isInfinite(initial)) {
      throw new IllegalArgumentException("step size must be positive and finite, got " + initial);
    }
  }

  /** α never falls. */
  public static StepSize constant(double initial) {
    return new StepSize(Schedule.CONSTANT, initial);
  }

  /** α(e). */
  public double at(double epochs) {
    return switch (schedule) {
      case CONSTANT -> initial;
      case INVERSE -> initial / (1 + epochs);
      case INVERSE_SQRT -> initial / Math.sqrt(1 + epochs);
    };
  }

  /** How α falls with the epochs e. */
  public enum Schedule {
    /** α(e) = α(0). */
    CONSTANT("constant"),
    /** α(e) = α(0)/(1+e). */
    INVERSE("inverse"),
    /** α(e) = α(0)/√(1+e). */
    INVERSE_SQRT("inverse-sqrt");

    private final String optionName;

    Schedule(String optionName) {
      this.optionName = optionName;
    }

    /** Name on the command line. */
    public String optionName() {
      return optionName;
    }
  }
}
