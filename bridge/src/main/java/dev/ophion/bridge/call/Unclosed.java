package dev.ophion.bridge.call;

import org.jspecify.annotations.Nullable;

/**
 * Exchanges whose close failed, since the stack of their thread was full or there was no memory: a
 * carrier closes them. It need not be their own, which may have gone.
 *
 * <p>Whoever closes an exchange puts it here by stores alone, without a call for which there is no
 * stack:
 *
 * <pre>{@code
 * boolean isNoted = false;
 * try {
 *   synchronized (unclosed) {
 *     exchange.olderUnclosed = unclosed.newest;
 *     unclosed.newest = exchange;
 *     isNoted = true;
 *   }
 * } catch (StackOverflowError full) {
 *   if (!isNoted) {
 *     exchange.olderUnclosed = unclosed.newest;
 *     unclosed.newest = exchange;
 *   }
 * }
 * }</pre>
 *
 * <p>The second attempt is for the JVM's interpreter, which looks at the stack's end after it has
 * entered a monitor too. It may lose an exchange if another thread comes here at that moment.
 *
 * <p>It wakes nobody either: what is here waits until a carrier has something to do, or closes.
 */
final class Unclosed {

  static final Unclosed ALL = new Unclosed();

  /** Written with this locked. */
  volatile @Nullable Exchange newest;

  private Unclosed() {}

  boolean isEmpty() {
    return newest == null;
  }

  /** Takes one out, which its thread has let go of. Any thread. */
  synchronized @Nullable Exchange poll() {
    Exchange found = newest;
    if (found != null) {
      newest = found.olderUnclosed;
      found.olderUnclosed = null;
    }
    return found;
  }
}
