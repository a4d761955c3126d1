package dev.triptych.async.protocol;

/** The table of messages. A new message is one row here and one record. */
public enum MessageType {
  OPEN_RUN(1, Request.OpenRun::read),
  EXTEND_RUN(2, Request.ExtendRun::read),
  CLOSE_RUN(3, Request.CloseRun::read),
  STATUS(4, Request.Status::read),
  FETCH_SNAPSHOT(5, Request.FetchSnapshot::read),
  FETCH_CURRENT(6, Request.FetchCurrent::read),
  CALL_FUNCTION(7, Request.CallFunction::read),
  HELLO(16, Request.Hello::read),
  PULL(17, Request.Pull::read),
  PUSH(18, Request.Push::read),
  KEYS(20, Request.Keys::read),
  LIST_SNAPSHOTS(56, Request.ListSnapshots::read),
  FETCH_VALUES(57, Request.FetchValues::read),
  DONE(64, Answer.Done::read),
  STATUS_ANSWER(65, Answer.StatusAnswer::read),
  SNAPSHOT(66, Answer.Snapshot::read),
  REJECTED(67, Answer.Rejected::read),
  FUNCTION_RESULT(68, Answer.FunctionResult::read),
  RESUME(80, Answer.Resume::read),
  WEIGHTS(81, Answer.Weights::read),
  ACCEPTED(82, Answer.Accepted::read),
  SNAPSHOT_LIST(116, Answer.SnapshotList::read),
  VALUES(117, Answer.Values::read);

  private static final MessageType[] BY_CODE = new MessageType[128];

  static {
    for (MessageType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final byte code;
  private final Reader reader;

  MessageType(int code, Reader reader) {
    this.code = (byte) code;
    this.reader = reader;
  }

  /** Second byte of the message. */
  byte code() {
    return code;
  }

  Message read(WireReader in) throws MalformedMessageException {
    return reader.read(in);
  }

  static MessageType of(byte code) throws MalformedMessageException {
    if (code < 0 || BY_CODE[code] == null) {
      throw new MalformedMessageException("unknown message type " + code);
    }
    return BY_CODE[code];
  }

  private interface Reader {
    Message read(WireReader in) throws MalformedMessageException;
  }
}
