/**
 * How long anything is waited for: {@link dev.ophion.bridge.waiting.Deadline} is a point in time,
 * {@link dev.ophion.bridge.waiting.Timeouts} are those of an interpreter, and {@link
 * dev.ophion.bridge.waiting.JvmExit} bounds what waits while the JVM exits. Nothing here waits
 * itself; everything is immutable or stateless.
 */
@NullMarked
package dev.ophion.bridge.waiting;

import org.jspecify.annotations.NullMarked;
