/**
 * The front door: one runtime a JVM. {@link dev.ophion.bridge.runtime.HostedPython} owns the image
 * and knows every interpreter that has not ended.
 *
 * <p>Thread-safe. Starting and stopping hold one process-wide lock; nothing else does.
 */
@NullMarked
package dev.ophion.bridge.runtime;

import org.jspecify.annotations.NullMarked;
