/**
 * How threads hand things to the one thread that deals with them: {@link
 * dev.ophion.bridge.inbox.Inbox}. Putting allocates nothing and is one atomic step, so that neither
 * a lack of memory nor a full stack leaves an inbox half-changed.
 */
@NullMarked
package dev.ophion.bridge.inbox;

import org.jspecify.annotations.NullMarked;
