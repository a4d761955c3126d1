package dev.triptych.gossip.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MessageCodecPropertyTest {

  @Property(tries = 200)
  void everyFormComesBackWithTheSameBitsAndItsAnnouncedBytes(
      @ForAll @Size(max = 150) List<@DoubleRange(min = -1e9, max = 1e9) Double> drawn) {
    double[] vector = drawn.stream().mapToDouble(Double::doubleValue).toArray();
    for (Message message : forms(vector)) {
      ByteBuffer bytes = ByteBuffer.allocate(MessageCodec.size(message));
      MessageCodec.write(message, bytes);
      assertThat(bytes.hasRemaining()).isFalse();

      Message read = MessageCodec.read(bytes.flip());

      assertThat(bytes.hasRemaining()).isFalse();
      assertThat(read).hasSameClassAs(message);
      assertThat(read.payloadBytes()).isEqualTo(message.payloadBytes());
      assertThat(read.values()).containsExactly(message.values());
    }
  }

  @Property(tries = 300)
  void cutBytesAreRefusedAndNothingElseIsThrown(
      @ForAll @Size(min = 1, max = 20) List<@DoubleRange(min = -10, max = 10) Double> drawn,
      @ForAll @IntRange(min = 0, max = 4) int form,
      @ForAll @IntRange(min = 0, max = 200) int cut) {
    double[] vector = drawn.stream().mapToDouble(Double::doubleValue).toArray();
    Message message = forms(vector).get(form);
    ByteBuffer bytes = ByteBuffer.allocate(MessageCodec.size(message));
    MessageCodec.write(message, bytes);
    ByteBuffer part = bytes.flip().slice(0, Math.min(cut, bytes.remaining() - 1));

    assertThatThrownBy(() -> MessageCodec.read(part)).isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 300)
  void anyBytesAreAMessageOrRefused(@ForAll @Size(max = 60) byte[] bytes) {
    try {
      assertThat(MessageCodec.read(ByteBuffer.wrap(bytes)).length()).isNotNegative();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageMatching("(message|index|-?\\d+ indices).*");
    }
  }

  @Example
  void bytesPerValueAreThoseOfTheForm() {
    double[] vector = new double[1000];
    assertThat(new DenseDouble(vector).payloadBytes()).isEqualTo(8000);
    assertThat(DenseFloat.of(vector).payloadBytes()).isEqualTo(4000);
    assertThat(Sign.of(vector).payloadBytes()).isEqualTo(8 + 16 * 8);
    assertThat(Quantized.of(vector).payloadBytes()).isEqualTo(8 + 1000);
  }

  private static List<Message> forms(double[] vector) {
    int[] indices = new int[(vector.length + 2) / 3];
    double[] values = new double[indices.length];
    for (int k = 0; k < indices.length; k++) {
      indices[k] = 3 * k;
      values[k] = vector[3 * k];
    }
    return List.of(
        new DenseDouble(vector),
        DenseFloat.of(vector),
        new Sparse(vector.length, indices, values),
        Sign.of(vector),
        Quantized.of(vector));
  }
}
