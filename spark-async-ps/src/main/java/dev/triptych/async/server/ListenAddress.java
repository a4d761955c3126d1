package dev.triptych.async.server;

import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import scala.Option;

/** Where a stand-alone server may listen: beyond this machine only with a secret. */
final class ListenAddress {
  private static final String SECRET_FILE = "spark.authenticate.secret.file";

  private ListenAddress() {}

  /**
   * Checks the address and the secret.
   *
   * @throws InvalidInputException if the host is unknown, if {@code spark.authenticate} is on
   *     without a secret, or off on an address that others can reach
   */
  static void check(String host, SparkConf conf) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new InvalidInputException("--host " + host + ": no such host", e);
    }
    if (!conf.getBoolean("spark.authenticate", false)) {
      if (!address.isLoopbackAddress()) {
        throw new InvalidInputException(
            "--host "
                + host
                + ": others can reach this address, so it needs spark.authenticate=true and a"
                + " secret (spark.authenticate.secret in --properties-file,"
                + " spark.authenticate.secret.file, or _SPARK_AUTH_SECRET in the environment)");
      }
      return;
    }
    try {
      String unused =
          new SecurityManager(conf, Option.empty(), SecurityManager.$lessinit$greater$default$3())
              .getSecretKey();
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          "spark.authenticate is on, but there is no secret: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          e);
    }
  }

  /**
   * With {@code spark.authenticate.secret.file} the settings with the secret in it, as Spark on
   * Kubernetes reads it: the file's bytes in Base64. Spark itself reads such files nowhere else.
   *
   * @throws InvalidInputException if the file is empty or cannot be read
   */
  static SparkConf withSecretFromFile(SparkConf conf) {
    String file = conf.get(SECRET_FILE, "");
    if (file.isEmpty()) {
      return conf;
    }
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(Path.of(file));
    } catch (IOException e) {
      throw new InvalidInputException(SECRET_FILE + ": cannot read " + file, e);
    }
    if (bytes.length == 0) {
      throw new InvalidInputException(SECRET_FILE + ": " + file + " is empty");
    }
    return conf.clone()
        .remove(SECRET_FILE)
        .set("spark.authenticate.secret", Base64.getEncoder().encodeToString(bytes));
  }

  /** One line that names the address, whatever the reason. */
  static InvalidInputException cannotListen(String host, int port, Exception failure) {
    String reason = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    return new InvalidInputException(
        "cannot listen on %s:%d: %s".formatted(host, port, reason), failure);
  }
}
