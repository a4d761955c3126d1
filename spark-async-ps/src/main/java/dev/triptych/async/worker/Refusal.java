package dev.triptych.async.worker;

import dev.triptych.async.shard.Response.Reason;

/** What a refused request means to a worker. */
enum Refusal {
  /** This attempt is over: another one runs the worker. */
  STOP,
  /** Ask again in a moment, perhaps elsewhere; if it was asked again already, go on waiting. */
  SEND_AGAIN,
  /** The call has failed. */
  FAIL;

  static Refusal of(Reason reason) {
    return switch (reason) {
      case FENCED -> STOP;
      case SUPERSEDED, NOT_PRIMARY, LEAVING -> SEND_AGAIN;
      case OUT_OF_ORDER, INVALID, UNKNOWN_RUN, UNKNOWN_KEYS -> FAIL;
    };
  }
}
