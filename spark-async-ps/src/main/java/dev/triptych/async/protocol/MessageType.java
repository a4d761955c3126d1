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
  REMOVE_WORKER(8, Request.RemoveWorker::read),
  HELLO(16, Request.Hello::read),
  PULL(17, Request.Pull::read),
  PUSH(18, Request.Push::read),
  KEYS(20, Request.Keys::read),
  RECORD_ORDER(25, Request.RecordOrder::read),
  REPLAY_ORDER(26, Request.ReplayOrder::read),
  FETCH_ORDER(27, Request.FetchOrder::read),
  FOLLOW(32, ReplicaRequest.Follow::read),
  UNFOLLOW(33, ReplicaRequest.Unfollow::read),
  PROMOTE(34, ReplicaRequest.Promote::read),
  RETIRE(35, ReplicaRequest.Retire::read),
  REPLICA_STATUS(36, ReplicaRequest.ReplicaStatus::read),
  REPLICATE(37, ReplicaRequest.Replicate::read),
  INSTALL(38, ReplicaRequest.Install::read),
  LOCATE(39, ReplicaRequest.Locate::read),
  HOLD(41, ReplicaRequest.Hold::read),
  RELEASE(42, ReplicaRequest.Release::read),
  CUT(43, ReplicaRequest.Cut::read),
  FREEZE(44, ReplicaRequest.Freeze::read),
  FETCH_STATE(45, ReplicaRequest.FetchState::read),
  RESUME_RUN(46, ReplicaRequest.ResumeRun::read),
  QUEUE(48, Request.Queue::read),
  LIST_SNAPSHOTS(56, SnapshotRequest.ListSnapshots::read),
  FETCH_VALUES(57, SnapshotRequest.FetchValues::read),
  DONE(64, Answer.Done::read),
  STATUS_ANSWER(65, Answer.StatusAnswer::read),
  SNAPSHOT(66, Answer.Snapshot::read),
  REJECTED(67, Answer.Rejected::read),
  FUNCTION_RESULT(68, Answer.FunctionResult::read),
  RESUME(80, Answer.Resume::read),
  WEIGHTS(81, Answer.Weights::read),
  ACCEPTED(82, Answer.Accepted::read),
  ORDER(89, Answer.Order::read),
  REPLICA_STATE(96, ReplicaAnswer.State::read),
  REPLICATED(97, ReplicaAnswer.Replicated::read),
  PLACES(98, ReplicaAnswer.Places::read),
  CUT_STATE(99, ReplicaAnswer.CutState::read),
  FROZEN(100, ReplicaAnswer.Frozen::read),
  STATE_PART(101, ReplicaAnswer.StatePart::read),
  QUEUED(112, Answer.Queued::read),
  SNAPSHOT_LIST(116, SnapshotAnswer.SnapshotList::read),
  VALUES(117, SnapshotAnswer.Values::read);

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
