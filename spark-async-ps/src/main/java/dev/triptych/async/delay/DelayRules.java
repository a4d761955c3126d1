package dev.triptych.async.delay;

import java.util.List;

/** The delay rules by name. A new rule is a new class and one entry here. */
public final class DelayRules {
  private static final double DEFAULT_COMPENSATION = 0.04;

  private DelayRules() {}

  /** How each rule is written, in the order of the documentation. */
  public static List<String> forms() {
    return List.of(
        "none",
        "inverse",
        "mishchenko",
        "koloskova[:L]",
        "ringmaster:R",
        "dc-asgd[:LAMBDA]",
        "drop:BOUND");
  }

  /** Old gradients count like new ones. */
  public static DelayRule none() {
    return new NoDelayRule();
  }

  /**
   * The rule called {@code name} or {@code name:parameter}.
   *
   * @throws IllegalArgumentException if there is none; the message says what was expected
   */
  public static DelayRule parse(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String parameter = colon < 0 ? "" : text.substring(colon + 1);
    try {
      if (colon < 0) {
        switch (name) {
          case "none":
            return new NoDelayRule();
          case "inverse":
            return new InverseRule();
          case "mishchenko":
            return new MishchenkoRule();
          case "koloskova":
            return new KoloskovaRule(0);
          case "dc-asgd":
            return new CompensationRule(DEFAULT_COMPENSATION);
          default:
        }
      } else {
        switch (name) {
          case "koloskova":
            return new KoloskovaRule(Double.parseDouble(parameter));
          case "ringmaster":
            return new RingmasterRule(Long.parseLong(parameter));
          case "dc-asgd":
            return new CompensationRule(Double.parseDouble(parameter));
          case "drop":
            return new DropRule(Long.parseLong(parameter));
          default:
        }
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "expected a number after \"" + name + ":\", got \"" + parameter + "\"", e);
    }
    throw new IllegalArgumentException(
        "expected one of " + String.join(", ", forms()) + ", got \"" + text + "\"");
  }
}
