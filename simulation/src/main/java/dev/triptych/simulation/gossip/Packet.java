package dev.triptych.simulation.gossip;

import dev.triptych.gossip.membership.Answer;
import dev.triptych.gossip.membership.Complaint;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.gossip.message.Message;

/** What nodes and their driver say to each other. */
sealed interface Packet {
  /** To the driver: a node waits for the next epoch. */
  record Arrive(long life, int node, long round, int after) implements Packet {}

  /** To the driver: a node has opened an epoch. */
  record Ready(long life, int node, int epoch) implements Packet {}

  /** To the driver: a node is alive. */
  record Alive(long life, int node, int epoch, long sentRound) implements Packet {}

  /** To the driver: a node has waited too long. */
  record Complain(int epoch, Complaint complaint) implements Packet {}

  /** From the driver. */
  record Begin(Epoch epoch) implements Packet {}

  /** From the driver, about an epoch. */
  record Told(int epoch, Answer answer) implements Packet {}

  /** From node to node. */
  record Weights(int epoch, int sender, long round, Message message) implements Packet {}

  /** From node to node: weights have come. */
  record Received(int epoch, int receiver, long round) implements Packet {}
}
