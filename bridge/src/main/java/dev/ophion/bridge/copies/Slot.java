package dev.ophion.bridge.copies;

import org.jspecify.annotations.Nullable;

/**
 * Which image of a process a copy is for. The same slot of another process uses the same copies.
 *
 * @param number counts the images of a process from 0, which is the shared image's
 */
public record Slot(int number) {

  /** The slot of the image that hosts subinterpreters. */
  public static final Slot SHARED = new Slot(0);

  /**
   * Makes a slot.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public Slot {
    if (number < 0) {
      throw new IllegalArgumentException("The slot " + number + " is negative");
    }
  }

  // What the compiler makes for records costs each start of a JVM some 15 ms.
  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof Slot that && number == that.number;
  }

  @Override
  public int hashCode() {
    return number;
  }

  @Override
  public String toString() {
    return "s" + number;
  }
}
