package dev.ophion.bridge.engine;

/** What the engine can be asked for; the twin of {@code Op} in {@code wire.h}. */
public enum Op {
  EXEC(1),
  EVAL(2),
  SET(3),
  GET(4),
  IMPORT(5),
  CALL(6),
  FUNCTION(7),
  CALL_HANDLE(8),
  GET_ATTR(9),
  SET_ATTR(10),
  GET_ITEM(11),
  SET_ITEM(12),
  STR(13),
  ITER(14),
  NEXT(15),
  RELEASE(16),
  DUMP(17),
  LOAD(18),
  COUNTS(19),
  DROP_HANDLES(20),
  TAKE(21),
  OWN_CALL(22),
  INTERRUPT(23),
  CAPTURED(24),
  DROP_PINS(25);

  private final byte code;

  Op(int code) {
    this.code = (byte) code;
  }

  public byte code() {
    return code;
  }
}
