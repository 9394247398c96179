/**
 * Loaded copies of libpython with the engine on top. {@link dev.ophion.bridge.image.Image} is the
 * whole view that the rest of the bridge has of how CPython got into the process.
 *
 * <p>An image is started and stopped on one thread of its own, CPython's main thread for it; the
 * other methods are thread-safe.
 */
@NullMarked
package dev.ophion.bridge.image;

import org.jspecify.annotations.NullMarked;
