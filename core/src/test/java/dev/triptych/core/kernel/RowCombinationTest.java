package dev.triptych.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RowCombinationTest {
  @Test
  void vectorInstructionsAreTakenWhereTheModuleIs() {
    assertThat(RowCombination.fastest()).isInstanceOf(VectorRowCombination.class);
  }

  @Test
  void aJvmWithoutTheModuleUsesPlainLoops() throws Exception {
    Process jvm =
        new ProcessBuilder(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-cp",
                System.getProperty("java.class.path"),
                PrintsFastest.class.getName())
            .redirectErrorStream(true)
            .start();
    assertThat(jvm.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(new String(jvm.getInputStream().readAllBytes()).trim())
        .isEqualTo("PlainRowCombination");
  }

  static final class PrintsFastest {
    private PrintsFastest() {}

    public static void main(String[] args) {
      System.out.println(RowCombination.fastest().getClass().getSimpleName());
    }
  }
}
