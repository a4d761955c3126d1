package dev.triptych.testing;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;

/** Spark configurations of endpoints: open to everybody, with a secret, with TLS. */
public final class EndpointConfs {
  private static final String PASSWORD = "changeit";

  private EndpointConfs() {}

  /** No secret, no encryption. */
  public static SparkConf plain() {
    return new SparkConf(false).setMaster("spark://elsewhere:7077");
  }

  /** With a secret and AES. */
  public static SparkConf secured(String secret) {
    return plain()
        .set("spark.authenticate", "true")
        .set("spark.authenticate.secret", secret)
        .set("spark.network.crypto.enabled", "true");
  }

  /**
   * The same with TLS.
   *
   * @param folder where the JDK's keytool puts a self-signed certificate
   */
  public static SparkConf withTls(SparkConf conf, Path folder) throws Exception {
    String store = folder.resolve("keys.p12").toString();
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "triptych",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store,
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IllegalStateException("keytool made no certificate in " + folder);
    }
    SparkConf secured = conf.clone();
    Map.of(
            "enabled", "true",
            "keyStore", store,
            "keyStoreType", "PKCS12",
            "keyStorePassword", PASSWORD,
            "keyPassword", PASSWORD,
            "trustStore", store,
            "trustStoreType", "PKCS12",
            "trustStorePassword", PASSWORD,
            "protocol", "TLSv1.3")
        .forEach((key, value) -> secured.set("spark.ssl.rpc." + key, value));
    return secured;
  }
}
