/**
 * Python's data as Java sees it without a copy: {@link dev.ophion.bridge.transfer.PinnedPayload} is
 * a pickled object with its buffers, {@link dev.ophion.bridge.transfer.PinnedArray} one array. Both
 * hold a claim on memory that stays pinned in its interpreter, and both can be lent to interpreters
 * any number of times.
 *
 * <p>Everything here is thread-safe.
 */
@NullMarked
package dev.ophion.bridge.transfer;

import org.jspecify.annotations.NullMarked;
