/**
 * Users' requests on their way to a carrier and back. {@link dev.ophion.bridge.call.Requests}
 * writes them, {@link dev.ophion.bridge.call.Dispatch} has them carried out, and {@link
 * dev.ophion.bridge.call.Exchange} is one of them with its reply. {@link
 * dev.ophion.bridge.call.Target} and {@link dev.ophion.bridge.call.Life} are all that they know of
 * an interpreter.
 *
 * <p>Callers convert arguments and results on their own threads, so that a carrier runs nothing but
 * Python (and what {@code attach} brings). Calls go through a queue or, if their caller waits for
 * them and the way is free, through the {@link dev.ophion.bridge.call.Mailbox}, which moves fewer
 * cache lines. An exchange and what it works with belong to one thread at a time; what others let
 * go of waits in {@link dev.ophion.bridge.call.Releases} for the carrier.
 */
@NullMarked
package dev.ophion.bridge.call;

import org.jspecify.annotations.NullMarked;
