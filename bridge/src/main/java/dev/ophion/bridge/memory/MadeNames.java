package dev.ophion.bridge.memory;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mappings whose POSIX names this process has made and has to remove, at the latest when the
 * JVM exits. A shutdown hook keeps its class loader, so there is one only while there are names.
 *
 * <p>Thread-safe.
 */
final class MadeNames {

  private static final Logger LOG = LoggerFactory.getLogger(MadeNames.class);

  private static final Object LOCK = new Object();

  /** Guarded by {@link #LOCK}, as the next one. */
  private static final Set<Mapping> MADE = new HashSet<>();

  private static @Nullable Thread hook;

  private MadeNames() {}

  static void add(Mapping mapping) {
    synchronized (LOCK) {
      MADE.add(mapping);
      if (hook == null) {
        hook = install();
      }
    }
  }

  /** Returns false if it is none of them, or was removed before. */
  static boolean remove(Mapping mapping) {
    synchronized (LOCK) {
      boolean removed = MADE.remove(mapping);
      if (MADE.isEmpty() && hook != null) {
        uninstall(hook);
        hook = null;
      }
      return removed;
    }
  }

  private static void unlinkAll() {
    List<Mapping> left;
    synchronized (LOCK) {
      left = List.copyOf(MADE);
    }
    left.forEach(Mapping::unlink);
  }

  private static @Nullable Thread install() {
    Thread thread = new Thread(MadeNames::unlinkAll, "ophion-unlink");
    try {
      Runtime.getRuntime().addShutdownHook(thread);
      return thread;
    } catch (IllegalStateException e) {
      // The JVM is exiting already; what is made now loses its name with its last user or never.
      LOG.debug("Shared memory is used while the JVM exits", e);
      return null;
    }
  }

  private static void uninstall(Thread thread) {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      // The JVM is exiting: the hook runs, and finds what is left.
    }
  }
}
