package dev.triptych.spark.transport;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;
import org.apache.spark.network.client.StreamCallbackWithID;
import org.jspecify.annotations.Nullable;

/**
 * The serving side of one upload. The answer's first byte says whether the sink has taken all, else
 * the reason follows: Spark itself would send a stack trace, and an upload cannot be refused before
 * its body has come without losing the connection.
 */
final class IncomingUpload implements StreamCallbackWithID {
  static final byte TAKEN = 0;
  private static final byte REFUSED = 1;

  private final LongAdder bytesSent;
  private final LongAdder bytesReceived;
  private @Nullable UploadSink sink;
  private @Nullable String refusal;

  /**
   * @param sink where the body goes, or null
   * @param refusal if there is no sink, why
   */
  IncomingUpload(
      @Nullable UploadSink sink,
      @Nullable String refusal,
      LongAdder bytesSent,
      LongAdder bytesReceived) {
    this.sink = sink;
    this.refusal = refusal;
    this.bytesSent = bytesSent;
    this.bytesReceived = bytesReceived;
  }

  @Override
  public String getID() {
    return "upload";
  }

  @Override
  public void onData(String id, ByteBuffer bytes) {
    bytesReceived.add(bytes.remaining());
    UploadSink open = sink;
    if (open != null) {
      try {
        open.take(bytes);
      } catch (Exception e) {
        refuse(e);
      }
    }
  }

  @Override
  public void onComplete(String id) {
    UploadSink open = sink;
    if (open != null) {
      try {
        open.complete();
      } catch (Exception e) {
        refuse(e);
      }
    }
  }

  @Override
  public void onFailure(String id, Throwable cause) {
    UploadSink open = sink;
    if (open != null) {
      open.failed(cause);
    }
  }

  @Override
  public ByteBuffer getCompletionResponse() {
    byte[] reason = refusal == null ? new byte[0] : refusal.getBytes(StandardCharsets.UTF_8);
    bytesSent.add(1 + reason.length);
    return ByteBuffer.allocate(1 + reason.length)
        .put(refusal == null ? TAKEN : REFUSED)
        .put(reason)
        .flip();
  }

  private void refuse(Exception e) {
    sink = null;
    refusal = e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /**
   * Reads an answer.
   *
   * @throws RemoteFailureException if the upload was refused
   */
  static @Nullable Void readAnswer(Address peer, ByteBuffer answer) {
    if (answer.get() != TAKEN) {
      byte[] reason = new byte[answer.remaining()];
      answer.get(reason);
      throw new RemoteFailureException(peer, new String(reason, StandardCharsets.UTF_8));
    }
    return null;
  }
}
