/**
 * Where what Python prints goes. {@link dev.ophion.bridge.output.OutputStreams} holds the two
 * streams of one interpreter; each takes text from any thread, one call at a time.
 */
@NullMarked
package dev.ophion.bridge.output;

import org.jspecify.annotations.NullMarked;
