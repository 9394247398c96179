package dev.ophion.bridge.engine;

/** The first byte of a reply; the twin of {@code Status} in {@code wire.h}. */
final class Status {

  static final byte VALUE = 0;
  static final byte RAISED = 1;
  static final byte NOT_TRANSFERABLE = 2;
  static final byte REFERRING = 3;
  static final byte ENDING = 4;

  private Status() {}
}
