package dev.triptych.async.traffic;

/** How the bytes of whole messages are compressed; the codecs are Spark's. */
public enum Compression {
  NONE("none"),
  LZ4("lz4"),
  ZSTD("zstd"),
  SNAPPY("snappy");

  private final String optionName;

  Compression(String optionName) {
    this.optionName = optionName;
  }

  /** Name on the command line, and Spark's. */
  public String optionName() {
    return optionName;
  }
}
