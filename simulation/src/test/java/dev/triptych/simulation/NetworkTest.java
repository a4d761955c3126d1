package dev.triptych.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NetworkTest {
  private static final Faults.Decision NEVER = (from, to, now) -> false;
  private static final Faults.Decision ALWAYS = (from, to, now) -> true;

  private final VirtualTime time = new VirtualTime();

  /** Keeps what it is told. */
  private static final class Listener implements Process<String> {
    final List<String> heard = new ArrayList<>();

    @Override
    public void receive(int from, String message) {
      heard.add(message);
    }

    @Override
    public void disconnected(int peer) {
      heard.add("lost " + peer);
    }
  }

  @Test
  void withoutFaultsMessagesArriveOnceAndInOrder() {
    Network<String> network = new Network<>(time, Faults.none(new SplittableRandom(1), 1_000));
    Listener listener = new Listener();
    int a = network.join(new Listener());
    int b = network.join(listener);
    List<String> sent = new ArrayList<>();
    for (int k = 0; k < 50; k++) {
      network.send(a, b, "m" + k);
      sent.add("m" + k);
    }
    everything();
    assertThat(listener.heard).containsExactlyElementsOf(sent);
    assertThat(time.now()).isBetween(500L, 1_000L);
  }

  @Test
  void eachFaultDoesWhatItSays() {
    assertThat(sendTwo(ALWAYS, NEVER, NEVER)).as("loss").isEmpty();
    assertThat(sendTwo(NEVER, ALWAYS, NEVER)).as("repetition").containsExactly("1", "1", "2", "2");
    assertThat(sendTwo(NEVER, NEVER, ALWAYS)).as("overtaking").containsExactly("2", "1");
  }

  private List<String> sendTwo(
      Faults.Decision loss, Faults.Decision repetition, Faults.Decision overtaking) {
    long[] delays = {200, 200, 100, 100};
    int[] next = {repetition == ALWAYS ? 0 : 1};
    Faults.Delay falling = (from, to, now) -> delays[next[0]++];
    Network<String> network =
        new Network<>(time, new Faults(loss, repetition, falling, overtaking, NEVER));
    Listener listener = new Listener();
    int a = network.join(new Listener());
    int b = network.join(listener);
    network.send(a, b, "1");
    network.send(a, b, "2");
    everything();
    return listener.heard;
  }

  @Test
  void aCutLosesWhatIsUnderWayAndTellsBoth() {
    Network<String> network = calm();
    Listener one = new Listener();
    Listener other = new Listener();
    int a = network.join(one);
    int b = network.join(other);
    network.send(a, b, "lost");
    network.cut(a, b);
    network.send(a, b, "through");
    everything();
    assertThat(one.heard).containsExactly("lost 1");
    assertThat(other.heard).containsExactly("lost 0", "through");
  }

  @Test
  void whatACrashedProcessHasSentStillArrivesAndItsTimersDoNotGoOff() {
    Network<String> network = calm();
    Listener one = new Listener();
    Listener other = new Listener();
    int a = network.join(one);
    int b = network.join(other);
    network.timer(a, 10, () -> network.send(a, b, "from the grave"));
    network.send(a, b, "testament");
    network.crash(a);
    network.send(b, a, "too late");
    everything();
    assertThat(one.heard).isEmpty();
    assertThat(other.heard).containsExactly("testament", "lost 0");
  }

  @Test
  void aFrozenProcessHearsEverythingAfterwards() {
    Network<String> network = calm();
    Listener listener = new Listener();
    int a = network.join(new Listener());
    int b = network.join(listener);
    network.freeze(b, 5_000);
    network.send(a, b, "1");
    network.timer(b, 150, () -> listener.heard.add("timer"));
    time.runUntil(() -> false, 4_999);
    assertThat(listener.heard).isEmpty();
    everything();
    assertThat(listener.heard).containsExactly("1", "timer");
  }

  private Network<String> calm() {
    return new Network<>(time, new Faults(NEVER, NEVER, (from, to, now) -> 100, NEVER, NEVER));
  }

  private void everything() {
    time.runUntil(() -> false, Long.MAX_VALUE);
  }
}
