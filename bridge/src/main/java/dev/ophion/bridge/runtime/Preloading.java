package dev.ophion.bridge.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.StringTokenizer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Loads and verifies, on a thread of its own, the classes that a start and its first interpreter
 * will use, while the start looks at files and CPython initialises: nearly half of a warm start is
 * loading classes one after the other. The list lies beside this class in the order of use.
 *
 * <p>Nothing depends on it: a class that is missing here is loaded when it is used. Thread-safe.
 */
final class Preloading {

  static final String LIST = "first-classes.txt";

  private static final AtomicBoolean BEGUN = new AtomicBoolean();

  private Preloading() {}

  /** Begins, the first time that it is called. */
  static void begin() {
    if (BEGUN.getAndSet(true) || Runtime.getRuntime().availableProcessors() == 1) {
      return;
    }
    Runnable task =
        new Runnable() {
          @Override
          public void run() {
            loadAll(Preloading.class);
          }
        };
    try {
      Thread thread = new Thread(null, task, "ophion-preload", 0, false);
      thread.setDaemon(true);
      thread.start();
    } catch (OutOfMemoryError noThread) {
      // Whoever needs a thread says so.
    }
  }

  private static void loadAll(Class<?> anchor) {
    String list = read(anchor);
    if (list == null) {
      return;
    }
    StringTokenizer names = new StringTokenizer(list, "\n");
    while (names.hasMoreTokens()) {
      try {
        // Asking for constructors links a class. Initialising it here as well could meet another
        // thread that initialises the same classes in another order.
        Class<?> type = Class.forName(names.nextToken(), false, anchor.getClassLoader());
        Constructor<?>[] unused = type.getDeclaredConstructors();
      } catch (ClassNotFoundException | LinkageError missing) {
        // Whoever uses it says so.
      }
    }
  }

  private static @Nullable String read(Class<?> anchor) {
    try (@Nullable InputStream in = anchor.getResourceAsStream(LIST)) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException unreadable) {
      return null;
    }
  }
}
