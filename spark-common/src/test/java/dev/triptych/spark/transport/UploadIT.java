package dev.triptych.spark.transport;

import static dev.triptych.testing.EndpointConfs.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UploadIT {
  private static final Duration LONG = Duration.ofSeconds(30);
  private final List<Endpoint> opened = new ArrayList<>();
  private final List<byte[]> taken = new ArrayList<>();

  @AfterEach
  void closeAll() {
    opened.forEach(Endpoint::close);
  }

  @Test
  void bodiesOfAnyLengthArriveUnchangedAndAreCounted() throws Exception {
    Endpoint server = open();
    Endpoint client = open();
    Random random = new Random(3);
    long sent = 0;
    for (int length : new int[] {0, 1, 7, 65_536, 65_537, 3_000_001}) {
      byte[] body = new byte[length];
      random.nextBytes(body);
      client.upload(server.address(), "a body", header(0), new Bytes(body), LONG).get();
      assertThat(taken.get(taken.size() - 1)).isEqualTo(body);
      sent += 1 + length;
    }
    assertThat(client.bytesSent()).isEqualTo(sent);
    assertThat(server.bytesReceived()).isEqualTo(sent);
  }

  @Test
  void aRefusedUploadNamesTheReasonAndTheConnectionGoesOn() throws Exception {
    Endpoint server = open();
    Endpoint client = open();
    for (int when = 1; when <= 3; when++) {
      CompletableFuture<Void> refused =
          client.upload(
              server.address(), "a body", header(when), new Bytes(new byte[200_000]), LONG);

      assertThatThrownBy(() -> refused.get(20, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(RemoteFailureException.class)
          .hasMessage("not with me");
    }
    client.upload(server.address(), "a body", header(0), new Bytes(new byte[] {5}), LONG).get();

    assertThat(taken).hasSize(1);
  }

  private static ByteBuffer header(int when) {
    return ByteBuffer.wrap(new byte[] {(byte) when});
  }

  /** Refuses by the header: 1 at once, 2 at the first bytes, 3 at the end. */
  private Endpoint open() {
    RequestHandler handler =
        new RequestHandler() {
          @Override
          public void handle(ByteBuffer request, Reply reply) {
            throw new IllegalArgumentException("uploads only");
          }

          @Override
          public UploadSink upload(ByteBuffer header) {
            int when = header.get();
            refuseIf(when == 1);
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            return new UploadSink() {
              @Override
              public void take(ByteBuffer bytes) {
                refuseIf(when == 2);
                byte[] more = new byte[bytes.remaining()];
                bytes.get(more);
                body.writeBytes(more);
              }

              @Override
              public void complete() {
                refuseIf(when == 3);
                taken.add(body.toByteArray());
              }
            };
          }
        };
    Endpoint endpoint = Endpoint.open("upload test", 1, handler, plain(), "127.0.0.1", 0);
    opened.add(endpoint);
    return endpoint;
  }

  private static void refuseIf(boolean refused) {
    if (refused) {
      throw new IllegalArgumentException("not with me");
    }
  }

  private record Bytes(byte[] body) implements UploadSource {
    @Override
    public long numBytes() {
      return body.length;
    }

    @Override
    public void write(long position, ByteBuffer out) {
      out.put(body, (int) position, out.remaining());
    }
  }
}
