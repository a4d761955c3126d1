package dev.triptych.async.function;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which function, over which vectors, with which numbers. Immutable once built; the array is not
 * copied.
 *
 * @param function the class
 * @param vectors names such as {@link Slice#WEIGHTS} or a scratch vector's
 * @param numbers whatever the function takes
 */
@SuppressWarnings("ArrayRecordComponent")
public record FunctionCall(String function, List<String> vectors, double[] numbers) {
  public FunctionCall {
    vectors = List.copyOf(vectors);
  }

  /** A call of a class that the caller has. */
  public static FunctionCall of(
      Class<? extends ServerFunction> function, List<String> vectors, double... numbers) {
    return new FunctionCall(function.getName(), vectors, numbers);
  }

  /**
   * The name of vector k.
   *
   * @throws IllegalArgumentException if the caller named fewer
   */
  public String vector(int k) {
    if (k >= vectors.size()) {
      throw new IllegalArgumentException(
          "expected at least %d vectors, got %s".formatted(k + 1, vectors));
    }
    return vectors.get(k);
  }

  /**
   * Number k.
   *
   * @throws IllegalArgumentException if the caller gave fewer
   */
  public double number(int k) {
    if (k >= numbers.length) {
      throw new IllegalArgumentException(
          "expected at least %d numbers, got %d".formatted(k + 1, numbers.length));
    }
    return numbers[k];
  }

  /**
   * Number k, which has to be whole and in {@code [min, max]}.
   *
   * @throws IllegalArgumentException if it is not
   */
  public int whole(int k, int min, int max) {
    double number = number(k);
    if (!(number >= min && number <= max) || number != Math.rint(number)) {
      throw new IllegalArgumentException(
          "number %d: expected a whole number from %d to %d, got %s"
              .formatted(k, min, max, number));
    }
    return (int) number;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FunctionCall that
        && function.equals(that.function)
        && vectors.equals(that.vectors)
        && Arrays.equals(numbers, that.numbers);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * function.hashCode() + vectors.hashCode()) + Arrays.hashCode(numbers);
  }

  @Override
  public String toString() {
    return function + vectors;
  }
}
