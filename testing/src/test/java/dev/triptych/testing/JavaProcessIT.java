package dev.triptych.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class JavaProcessIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Prints its first argument, then waits or ends with status 7. */
  static final class Sample {
    public static void main(String[] args) throws InterruptedException {
      System.out.println("said " + args[0]);
      if (args[1].equals("stay")) {
        Thread.currentThread().join(120_000);
      }
      System.exit(7);
    }
  }

  @Test
  void outputAndStatusOfAProcessAreKept() throws Exception {
    try (JavaProcess process = sample("hello", "end")) {
      assertThat(process.awaitExit(LONG)).isEqualTo(7);
      assertThat(process.output()).contains("said hello");
      assertThatThrownBy(() -> process.awaitOutput(Pattern.compile("said goodbye"), LONG))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("sample has ended without printing \"said goodbye\"")
          .hasMessageContaining("said hello");
    }
  }

  @Test
  void waitsAreBoundedAndShowTheOutput() {
    try (JavaProcess process = sample("hello", "stay")) {
      process.awaitOutput(Pattern.compile("said hello"), LONG);
      assertThatThrownBy(
              () -> process.awaitOutput(Pattern.compile("said goodbye"), Duration.ofSeconds(1)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("within 1 s")
          .hasMessageContaining("said hello");
      assertThatThrownBy(() -> process.awaitExit(Duration.ofMillis(1500)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("said hello");
      assertThat(process.isAlive()).isFalse();
    }
  }

  private static JavaProcess sample(String word, String then) {
    return JavaProcess.of("sample", Sample.class.getName()).arguments(word, then).start();
  }
}
