/**
 * Where what Python prints and logs goes. {@link dev.ophion.bridge.output.OutputStreams} holds the
 * two streams of one interpreter, {@link dev.ophion.bridge.output.CallOutputs} those of single
 * calls; each takes text from any thread, one call at a time. {@link
 * dev.ophion.bridge.output.LogRecords} hands records of {@code logging} to SLF4J.
 */
@NullMarked
package dev.ophion.bridge.output;

import org.jspecify.annotations.NullMarked;
