package dev.triptych.layering;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What things are called, and what every package and every test must say about itself. */
class NamingTest {
  /** The tests of all modules that have been compiled; Maven compiles them before this one. */
  private static final JavaClasses TESTS = new ClassFileImporter().importPaths(testClassFolders());

  private static final DescribedPredicate<JavaMethod> RUN_BY_JUNIT =
      DescribedPredicate.describe(
          "are run by JUnit",
          method ->
              isTestAnnotated(method, "org.junit.platform.commons.annotation.Testable")
                  || isTestAnnotated(method, "org.junit.jupiter.api.BeforeEach")
                  || isTestAnnotated(method, "org.junit.jupiter.api.BeforeAll")
                  || isTestAnnotated(method, "org.junit.jupiter.api.AfterEach")
                  || isTestAnnotated(method, "org.junit.jupiter.api.AfterAll"));

  @Test
  void noClassIsNamedAfterAnIdiom() {
    for (JavaClasses all : List.of(ProjectClasses.MAIN, TESTS)) {
      noClasses()
          .should()
          .haveNameMatching(".*(Impl|Manager|Helper|Utils|Util)")
          .orShould()
          .haveSimpleNameStartingWith("Abstract")
          .check(all);
    }
  }

  @Test
  void everyPackageIsNullMarkedInItsPackageInfo() {
    TreeSet<String> unmarked = new TreeSet<>();
    for (JavaClass type : ProjectClasses.MAIN) {
      boolean marked =
          type.getPackage()
              .tryGetPackageInfo()
              .filter(info -> info.isAnnotatedWith(NullMarked.class))
              .isPresent();
      if (!marked) {
        unmarked.add(type.getPackageName());
      }
    }
    assertThat(unmarked).as("packages without a @NullMarked package-info.java").isEmpty();
  }

  @Test
  void noTestIsPrivateBecauseJUnitWouldSkipItSilently() {
    assertThat(TESTS.contain(NamingTest.class)).isTrue();
    methods().that(RUN_BY_JUNIT).should().notBePrivate().check(TESTS);
  }

  private static boolean isTestAnnotated(JavaMethod method, String annotation) {
    return method.isAnnotatedWith(annotation) || method.isMetaAnnotatedWith(annotation);
  }

  private static List<Path> testClassFolders() {
    try (Stream<Path> modules = Files.list(Path.of("..").toRealPath())) {
      return modules
          .map(module -> module.resolve("target/test-classes"))
          .filter(Files::isDirectory)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
