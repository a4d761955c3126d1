package dev.triptych.gossip.compression;

import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.message.Quantized;

/** Multiples of max|v|/127, one byte a component. */
record Int8() implements Compressor {

  @Override
  public String name() {
    return "int8";
  }

  @Override
  public Message compress(double[] vector, long seed) {
    return Quantized.of(vector);
  }

  @Override
  public double consensusStepSize() {
    return 1;
  }
}
