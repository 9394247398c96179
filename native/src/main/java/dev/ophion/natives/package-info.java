/**
 * The host's functions as Java sees them, and the way back up. {@link dev.ophion.natives.Host} is
 * the entry; only the bridge calls it.
 *
 * <p>Nothing here checks its arguments: addresses are the bridge's responsibility. Functions that
 * say "on the carrier" are confined to that thread.
 */
@NullMarked
package dev.ophion.natives;

import org.jspecify.annotations.NullMarked;
