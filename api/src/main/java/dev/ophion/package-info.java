/**
 * Many real CPython interpreters in one JVM: start with {@link dev.ophion.Python#start()}, make an
 * {@link dev.ophion.Interpreter}, call it from any thread.
 *
 * <p>Interfaces here are thread-safe unless their documentation says otherwise. Options, records
 * and exceptions are immutable. Nothing in this package touches CPython itself; the runtime does.
 */
@NullMarked
package dev.ophion;

import org.jspecify.annotations.NullMarked;
