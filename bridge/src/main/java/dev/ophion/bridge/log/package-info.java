/**
 * How the bridge reaches SLF4J: {@link dev.ophion.bridge.log.LazyLogger}. Thread-safe.
 *
 * <p>It depends on no other package of the bridge.
 */
@NullMarked
package dev.ophion.bridge.log;

import org.jspecify.annotations.NullMarked;
