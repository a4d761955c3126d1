package dev.triptych.simulation.training;

import java.nio.ByteBuffer;

/**
 * A request or its answer.
 *
 * @param ticket of the request
 * @param bytes a {@link dev.triptych.async.protocol.Message}
 */
record Packet(long ticket, ByteBuffer bytes) {}
