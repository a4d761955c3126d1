package dev.triptych.layering;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/**
 * Who may know whom: the edges between the rooms, and the packages whose algorithms stay
 * deterministic state machines.
 */
class LayeringTest {
  private static final String CORE = "dev.triptych.core..";
  private static final String SPARK_COMMON = "dev.triptych.spark..";
  private static final String SYNC = "dev.triptych.sync..";
  private static final String ASYNC = "dev.triptych.async..";
  private static final String GOSSIP = "dev.triptych.gossip..";
  private static final String ML = "dev.triptych.ml..";
  private static final String DATASETS = "dev.triptych.datasets..";
  private static final String[] COMMAND_LINE = {
    "dev.triptych.cli..", "dev.triptych.report..", "dev.triptych.peer.."
  };

  private static final String[] SPARK_SQL_AND_RDD = {
    "org.apache.spark.sql..", "org.apache.spark.rdd..", "org.apache.spark.api.java.."
  };

  private static final DescribedPredicate<JavaClass> PURE =
      resideInAnyPackage(
              CORE,
              "dev.triptych.async.store..",
              "dev.triptych.async.consistency..",
              "dev.triptych.async.delay..",
              "dev.triptych.async.function..",
              "dev.triptych.async.ledger..",
              "dev.triptych.async.memory..",
              "dev.triptych.async.replica..",
              "dev.triptych.async.shard..",
              "dev.triptych.async.worker..",
              "dev.triptych.async.order..",
              "dev.triptych.async.traffic..",
              "dev.triptych.gossip.topology..",
              "dev.triptych.gossip.mixing..",
              "dev.triptych.gossip.compression..",
              "dev.triptych.gossip.message..",
              "dev.triptych.gossip.algorithm..",
              "dev.triptych.gossip.pairing..",
              "dev.triptych.gossip.membership..")
          .or(nameMatching("dev\\.triptych\\.gossip\\.exchange\\.RoundInbox(\\$.*)?"))
          .or(nameMatching("dev\\.triptych\\.spark\\.exchange\\.(RingPlan|Vector)(\\$.*)?"))
          .as("belong to the pure algorithms");

  private static final DescribedPredicate<JavaClass> THREADS_SOCKETS_AND_SPARK =
      resideInAnyPackage(
              "java.util.concurrent..",
              "java.net..",
              "java.nio.channels..",
              "javax.net..",
              "io.netty..",
              "org.apache.spark..",
              "scala..")
          .or(nameMatching("java\\.lang\\.(Thread|ThreadLocal|InheritableThreadLocal)(\\$.*)?"))
          .or(nameMatching("java\\.util\\.Timer(Task)?"))
          .as("are threads, java.util.concurrent, sockets, Netty or Spark");

  private static final DescribedPredicate<JavaClass> CLOCK =
      describe(
          "are clocks",
          type -> type.isAssignableTo(Clock.class) || type.isEquivalentTo(InstantSource.class));

  private static final DescribedPredicate<JavaCall<?>> READING_THE_TIME =
      target(owner(nameMatching("java\\.lang\\.System")))
          .and(target(nameMatching("nanoTime|currentTimeMillis")))
          .or(
              target(owner(resideInAPackage("java.time")))
                  .and(target(HasName.Predicates.name("now"))))
          .as("the time is read");

  @Test
  void coreKnowsOnlyTheJdkNetlibSlf4jAndJSpecify() {
    classes()
        .that()
        .resideInAPackage(CORE)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                CORE,
                "java..",
                "jdk.incubator.vector..",
                "dev.ludovic.netlib..",
                "org.slf4j..",
                "org.jspecify.."))
        .check(ProjectClasses.MAIN);
  }

  @Test
  void sparkCommonKnowsNoTrainer() {
    noClasses()
        .that()
        .resideInAPackage(SPARK_COMMON)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(SYNC, ASYNC, GOSSIP, ML)
        .allowEmptyShould(true)
        .check(ProjectClasses.MAIN);
  }

  @Test
  void noTrainerKnowsThePipelineApi() {
    noClasses()
        .that()
        .resideInAnyPackage(SYNC, ASYNC, GOSSIP)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ML)
        .check(ProjectClasses.MAIN);
  }

  @Test
  void syncKnowsNeitherAsyncNorGossip() {
    knowNothingOf(SYNC, ASYNC, GOSSIP).check(ProjectClasses.MAIN);
  }

  @Test
  void asyncKnowsNeitherSyncNorGossip() {
    knowNothingOf(ASYNC, SYNC, GOSSIP).check(ProjectClasses.MAIN);
  }

  @Test
  void gossipKnowsNeitherSyncNorAsync() {
    knowNothingOf(GOSSIP, SYNC, ASYNC).check(ProjectClasses.MAIN);
  }

  @Test
  void nobodyBelowKnowsTheCommandLineOrTheReport() {
    noClasses()
        .that()
        .resideInAnyPackage(CORE, SPARK_COMMON, SYNC, ASYNC, GOSSIP, ML, DATASETS)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(COMMAND_LINE)
        .allowEmptyShould(true)
        .check(ProjectClasses.MAIN);
  }

  @Test
  void inAsyncOnlyTrainAndPluginImportSparkSqlOrRdds() {
    noClasses()
        .that()
        .resideInAPackage(ASYNC)
        .and()
        .resideOutsideOfPackages("dev.triptych.async.train..", "dev.triptych.async.plugin..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(SPARK_SQL_AND_RDD)
        .allowEmptyShould(true)
        .check(ProjectClasses.MAIN);
  }

  @Test
  void inGossipOnlyTrainImportsSparkSqlOrRdds() {
    noClasses()
        .that()
        .resideInAPackage(GOSSIP)
        .and()
        .resideOutsideOfPackage("dev.triptych.gossip.train..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(SPARK_SQL_AND_RDD)
        .allowEmptyShould(true)
        .check(ProjectClasses.MAIN);
  }

  @Test
  void pureAlgorithmsKnowNoThreadsSocketsNettyOrSpark() {
    noClasses()
        .that(PURE)
        .should()
        .dependOnClassesThat(THREADS_SOCKETS_AND_SPARK)
        .check(ProjectClasses.MAIN);
  }

  @Test
  void pureAlgorithmsNeverReadTheTime() {
    noClasses()
        .that(PURE)
        .should()
        .dependOnClassesThat(CLOCK)
        .orShould()
        .callMethodWhere(READING_THE_TIME)
        .check(ProjectClasses.MAIN);
  }

  @Test
  void nobodyUsesBreeze() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("breeze..")
        .check(ProjectClasses.MAIN);
  }

  @Test
  void nobodyUsesUnsafe() {
    noClasses()
        .should()
        .dependOnClassesThat(nameMatching("(sun|jdk\\.internal)\\.misc\\.Unsafe"))
        .check(ProjectClasses.MAIN);
  }

  @Test
  void nobodyDeserializesJavaObjectsByHand() {
    noClasses()
        .that(not(resideInAPackage("dev.triptych.testing..")))
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .check(ProjectClasses.MAIN);
  }

  @Test
  void theRoomsAreOnThisClassPath() {
    for (String room : new String[] {CORE, SPARK_COMMON, SYNC, ASYNC, GOSSIP, ML}) {
      assertThat(ProjectClasses.MAIN.that(resideInAPackage(room))).as(room).isNotEmpty();
    }
  }

  private static ArchRule knowNothingOf(String room, String... others) {
    return noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .allowEmptyShould(true);
  }
}
