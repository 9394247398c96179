/**
 * Interpreters and the carriers they run on. {@link dev.ophion.bridge.interpreter.Carrier} is the
 * loop that owns a CPython thread state; {@link dev.ophion.bridge.interpreter.HostedInterpreter} is
 * what users see.
 *
 * <p>Callers convert arguments and results on their own threads and hand over {@link
 * dev.ophion.bridge.interpreter.Call}s, so that a carrier runs nothing but Python (and what {@code
 * attach} brings). Calls go through a queue or, if their caller waits for them and the way is free,
 * through the {@link dev.ophion.bridge.interpreter.Mailbox}, which moves fewer cache lines.
 * Whatever needs the GIL and comes from another thread, the release of handles above all, goes
 * through the carrier's queues.
 */
@NullMarked
package dev.ophion.bridge.interpreter;

import org.jspecify.annotations.NullMarked;
