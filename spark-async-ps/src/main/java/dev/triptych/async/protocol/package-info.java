/**
 * What do workers, driver and servers say to each other, byte by byte? {@link
 * dev.triptych.async.protocol.MessageType} is the table of messages, {@code PROTOCOL.md} the
 * document. Knows no transport.
 */
@NullMarked
package dev.triptych.async.protocol;

import org.jspecify.annotations.NullMarked;
