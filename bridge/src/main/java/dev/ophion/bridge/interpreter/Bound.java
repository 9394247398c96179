package dev.ophion.bridge.interpreter;

/**
 * What a request works with, bound to its interpreter. Confined to one request at a time.
 *
 * @param workspace memory, encoder and decoder
 * @param references what the encoder and the decoder refer to
 */
record Bound(Workspace workspace, CallReferences references) {

  /** Binds what is free to an interpreter. */
  static Bound to(HostedInterpreter interpreter) {
    CallReferences references = new CallReferences(interpreter);
    return new Bound(Workspace.take(references), references);
  }

  /** Lets go of leases and large memory; it stays bound. */
  void reset() {
    references.close();
    workspace.encoder().begin();
  }

  /** Ends the binding, so that the next request may be another interpreter's. */
  void giveBack() {
    references.close();
    workspace.giveBack();
  }
}
