package dev.ophion.samples.flights;

import dev.ophion.samples.common.Group;
import dev.ophion.samples.common.Sharing;
import java.util.Map;

/**
 * What a run of the sample found.
 *
 * @param one the distributions by one interpreter
 * @param all the distributions by all interpreters
 * @param plain the distributions by the plain Python process
 * @param sharing what became of the columns' memory
 */
record Outcome(
    Map<Group, Distribution> one,
    Map<Group, Distribution> all,
    Map<Group, Distribution> plain,
    Sharing sharing) {

  /** Whether all three agree to the last bit and no column was copied. */
  boolean isProved() {
    return one.equals(plain) && all.equals(plain) && sharing.copiedBytes() == 0;
  }
}
