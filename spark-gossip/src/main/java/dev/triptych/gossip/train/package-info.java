/**
 * How does gossip run on Spark? Tasks host nodes, nodes exchange weights with their neighbours, the
 * driver only starts and counts. Start at {@link dev.triptych.gossip.train.GossipTrainer}.
 */
@NullMarked
package dev.triptych.gossip.train;

import org.jspecify.annotations.NullMarked;
