/**
 * What Java holds of Python's objects: {@link dev.ophion.bridge.handle.HostedObject} and {@link
 * dev.ophion.bridge.handle.HostedFunction}. Each thing that is done with them is a call. Handles
 * are thread-safe and hold a {@link dev.ophion.bridge.call.HandleClaim}, which outlives them for as
 * long as a request needs it; iterators are confined to one thread at a time.
 */
@NullMarked
package dev.ophion.bridge.handle;

import org.jspecify.annotations.NullMarked;
