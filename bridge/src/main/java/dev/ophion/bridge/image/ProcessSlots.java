package dev.ophion.bridge.image;

import dev.ophion.bridge.copies.Slot;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Which numbers of images this process has in use, whichever of its class loaders uses them: the
 * dynamic loader gives whoever opens a copy of libpython again the one that is there. The table is
 * the one that all class loaders share, the system properties.
 *
 * <p>Thread-safe.
 */
final class ProcessSlots {

  private static final String SLOT = "dev.ophion.image.";
  private static final String PARKED = "dev.ophion.image.parked:";

  private ProcessSlots() {}

  /** Takes the lowest number that is free, from this one on. */
  static Slot take(int from) {
    Properties table = System.getProperties();
    for (int number = from; ; number++) {
      if (table.putIfAbsent(SLOT.concat(Integer.toString(number)), "in use") == null) {
        return new Slot(number);
      }
    }
  }

  static void free(Slot slot) {
    System.getProperties().remove(SLOT.concat(Integer.toString(slot.number())));
  }

  /**
   * Leaves a stopped image to the next user of a host library: this class loader, or when that has
   * gone, the next one to which the JVM gives the same file.
   *
   * @param host the host library that has opened it
   * @param image what finds it again
   */
  static void park(String host, String image) {
    System.getProperties().put(PARKED.concat(host), image);
  }

  /** Takes what was parked, or null if there is nothing. */
  static @Nullable String unpark(String host) {
    return (String) System.getProperties().remove(PARKED.concat(host));
  }
}
