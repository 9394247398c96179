/**
 * The thread of an interpreter and how anything gets to it and back, whatever it is. {@link
 * dev.ophion.bridge.carrier.Carrier} is the loop that owns a CPython thread state; {@link
 * dev.ophion.bridge.carrier.Handover} is the contract between it and a caller that waits; {@link
 * dev.ophion.bridge.carrier.Work} goes through its queue, and {@link
 * dev.ophion.bridge.carrier.ShortWay} beside it.
 *
 * <p>What the carrier does besides belongs to its {@link dev.ophion.bridge.carrier.Carrier.Duties},
 * which are called on it. Everything that other threads touch is lock-free, and each method says
 * whose it is.
 */
@NullMarked
package dev.ophion.bridge.carrier;

import org.jspecify.annotations.NullMarked;
