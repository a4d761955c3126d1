package dev.triptych.spark.data;

import org.apache.spark.sql.SparkSession;

/** A small Spark inside the test's process. */
final class LocalSpark {
  private LocalSpark() {}

  static SparkSession start(String serializer) {
    return SparkSession.builder()
        .master("local[2,4]")
        .appName("data")
        .config("spark.serializer", serializer)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate();
  }
}
