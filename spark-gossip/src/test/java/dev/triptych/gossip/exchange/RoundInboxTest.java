package dev.triptych.gossip.exchange;

import static dev.triptych.gossip.exchange.Vectors.message;
import static dev.triptych.gossip.exchange.Vectors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RoundInboxTest {
  private final RoundInbox inbox = new RoundInbox(new int[] {1, 4, 7}, 0);

  @Test
  void messagesComeOutInTheOrderOfTheSendersWhateverTheOrderOfArrival() {
    inbox.offer(7, 0, message(7));
    inbox.offer(1, 0, message(1));
    assertThat(inbox.isComplete()).isFalse();
    assertThat(inbox.missing()).containsExactly(4);
    inbox.offer(4, 0, message(4));

    assertThat(inbox.isComplete()).isTrue();
    assertThat(values(inbox.take())).isDeepEqualTo(new double[][] {{1}, {4}, {7}});
    assertThat(inbox.round()).isEqualTo(1);
  }

  @Test
  void messagesOfTheNextRoundMayComeEarly() {
    inbox.offer(1, 1, message(11));
    inbox.offer(1, 0, message(1));
    inbox.offer(4, 0, message(4));
    inbox.offer(7, 0, message(7));
    inbox.take();

    assertThat(inbox.missing()).containsExactly(4, 7);
    inbox.offer(4, 1, message(14));
    inbox.offer(7, 1, message(17));
    assertThat(values(inbox.take())).isDeepEqualTo(new double[][] {{11}, {14}, {17}});
  }

  @Test
  void duplicatesAndLateMessagesAreIgnoredAndCounted() {
    assertThat(inbox.offer(1, 0, message(1))).isTrue();
    assertThat(inbox.offer(1, 0, message(-1))).isFalse();
    inbox.offer(4, 0, message(4));
    inbox.offer(7, 0, message(7));
    assertThat(values(inbox.take())[0]).containsExactly(1);

    assertThat(inbox.offer(1, 0, message(-1))).isFalse();
    assertThat(inbox.numIgnored()).isEqualTo(2);
  }

  @Test
  void strangersAreRefused() {
    assertThatThrownBy(() -> inbox.offer(2, 0, message(new double[1])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("node 2");
  }

  @Test
  void incompleteRoundCannotBeTaken() {
    inbox.offer(4, 0, message(new double[1]));

    assertThatThrownBy(inbox::take)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[1, 7]");
  }

  @Test
  void nodeWithoutNeighboursIsAlwaysComplete() {
    RoundInbox alone = new RoundInbox(new int[0], 5);

    assertThat(alone.isComplete()).isTrue();
    assertThat(alone.take()).isEmpty();
    assertThat(alone.round()).isEqualTo(6);
  }

  @Test
  void whoSendsMayChangeFromRoundToRound() {
    RoundInbox changing = new RoundInbox(round -> round % 2 == 0 ? new int[] {1} : new int[0], 0);

    assertThat(changing.offer(1, 2, message(22))).isTrue();
    assertThat(changing.missing()).containsExactly(1);
    assertThat(changing.offer(1, 0, message(20))).isTrue();
    assertThat(values(changing.take())[0]).containsExactly(20);
    assertThat(changing.isComplete()).isTrue();
    assertThat(changing.take()).isEmpty();
    assertThat(values(changing.take())[0]).containsExactly(22);
    assertThatThrownBy(() -> changing.offer(1, 3, message(23)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not among the expected senders");
  }
}
