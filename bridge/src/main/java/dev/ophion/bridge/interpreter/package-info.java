/**
 * Interpreters and their lives. {@link dev.ophion.bridge.interpreter.HostedInterpreter} is what
 * users see; {@link dev.ophion.bridge.interpreter.Stage} is the table of what comes between its
 * beginning and its end, {@link dev.ophion.bridge.interpreter.Lifecycle} what its carrier does
 * there, and {@link dev.ophion.bridge.interpreter.Closer} what those do who end it. How a call goes
 * is the matter of the package {@code call}.
 *
 * <p>Steps from stage to stage are the carrier's but for the first one of a close, which any thread
 * takes; who waits for a stage waits in {@link dev.ophion.bridge.interpreter.Progress}.
 */
@NullMarked
package dev.ophion.bridge.interpreter;

import org.jspecify.annotations.NullMarked;
