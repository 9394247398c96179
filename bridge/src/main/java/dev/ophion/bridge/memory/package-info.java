/**
 * Memory that one side owns and another uses. {@link dev.ophion.bridge.memory.LeaseTable} knows
 * every piece that is lent at the moment; a {@link dev.ophion.bridge.memory.Claim} is what a public
 * object holds on it; {@link dev.ophion.bridge.memory.DirectMemory} is the way between addresses
 * and buffers.
 *
 * <p>Everything here is thread-safe. Leases are taken and dropped by threads that hold a GIL, by
 * users' threads and by the cleaner's, so nothing here waits but the close of a claim, for reads
 * and writes of single elements that are under way: counts are atomic, the table's locks are held
 * for a few instructions, and what has to happen on a carrier is only enqueued.
 */
@NullMarked
package dev.ophion.bridge.memory;

import org.jspecify.annotations.NullMarked;
