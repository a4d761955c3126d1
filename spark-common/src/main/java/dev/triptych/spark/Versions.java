package dev.triptych.spark;

import dev.ludovic.netlib.blas.BLAS;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkContext;

/** What ran: Triptych, Spark, Java and BLAS, for reports. */
public final class Versions {
  private Versions() {}

  /** Versions on this driver, by name. */
  public static Map<String, String> here(SparkContext spark) {
    Map<String, String> versions = new LinkedHashMap<>();
    String triptych = Versions.class.getPackage().getImplementationVersion();
    versions.put("triptych", triptych == null ? "unreleased" : triptych);
    versions.put("spark", spark.version());
    versions.put("java", Runtime.version().toString());
    versions.put("blas", BLAS.getInstance().getClass().getSimpleName());
    versions.put("master", spark.master());
    return versions;
  }
}
