package dev.triptych.gossip.compression;

import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.message.Sign;

/** (‖v‖₁/d) sign(v), one bit a component; δ = ‖v‖₁²/(d‖v‖²) (Karimireddy et al. 2019). */
record SignOfMeanModulus() implements Compressor {

  @Override
  public String name() {
    return "sign";
  }

  @Override
  public Message compress(double[] vector, long seed) {
    return Sign.of(vector);
  }

  @Override
  public double consensusStepSize() {
    return 0.4;
  }
}
