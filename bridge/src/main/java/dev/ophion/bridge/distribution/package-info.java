/**
 * The CPython distribution that Ophion brings along, unpacked on first use into a per-user cache.
 *
 * <p>{@link dev.ophion.bridge.distribution.DistributionCache#obtain} is the entry; it gives a
 * {@link dev.ophion.bridge.distribution.Distribution}, which names the places in the unpacked
 * folder.
 *
 * <p>Threading: {@code obtain} may be called by any thread of any process at any time. One caller
 * unpacks under a lock that holds across threads, class loaders and processes, and the others wait
 * for it. What {@code obtain} returns is complete and is not changed any more.
 */
@NullMarked
package dev.ophion.bridge.distribution;

import org.jspecify.annotations.NullMarked;
