/**
 * Folders that keep what is made once and used by many processes of one user. {@link
 * dev.ophion.bridge.cache.CacheDirectory} says whether a folder can be trusted, {@link
 * dev.ophion.bridge.cache.CacheLock} is the right to write to it.
 *
 * <p>Threading: a lock is held by one thread of one process; everything else is stateless.
 */
@NullMarked
package dev.ophion.bridge.cache;

import org.jspecify.annotations.NullMarked;
