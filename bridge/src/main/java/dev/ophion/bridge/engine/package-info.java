/**
 * What the engine is asked for and how it answers, see {@code wire.h}: {@link
 * dev.ophion.bridge.engine.Op}, {@link dev.ophion.bridge.engine.Reply}, and {@link
 * dev.ophion.bridge.engine.EngineCalls} for the requests that the runtime makes itself. Those of
 * users go through the package {@code call}.
 *
 * <p>Replies and engine calls are confined to one thread at a time, and a request is carried out on
 * the thread that makes it: the carrier, attached, or a visitor.
 */
@NullMarked
package dev.ophion.bridge.engine;

import org.jspecify.annotations.NullMarked;
