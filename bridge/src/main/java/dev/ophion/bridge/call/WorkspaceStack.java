package dev.ophion.bridge.call;

import org.jspecify.annotations.Nullable;

/**
 * The workspaces of a carrier: for a request that it makes itself, for one within that, and so on.
 * Taking one is a count, where a list would cost stores of references, which the collector wants to
 * hear of. Confined to the carrier.
 */
final class WorkspaceStack {

  /** As deep as requests are nested in practice; below that they are borrowed. */
  private static final int DEPTH = 8;

  private final Target interpreter;
  private final @Nullable Workspace[] workspaces = new @Nullable Workspace[DEPTH];
  private int depth;

  WorkspaceStack(Target interpreter) {
    this.interpreter = interpreter;
  }

  Workspace take() {
    if (depth == DEPTH) {
      return Workspace.borrow(interpreter);
    }
    Workspace next = workspaces[depth];
    if (next == null) {
      next = new Workspace(interpreter, Workspace.Home.CARRIER);
      workspaces[depth] = next;
    }
    next.setTaken(true);
    depth++;
    return next;
  }

  /** Takes back one that was taken from here: the last one, unless its close failed. */
  void giveBack(Workspace workspace) {
    workspace.reset();
    workspace.setTaken(false);
    while (depth > 0 && isFree(workspaces[depth - 1])) {
      depth--;
    }
  }

  private static boolean isFree(@Nullable Workspace workspace) {
    return workspace == null || !workspace.isTaken();
  }
}
