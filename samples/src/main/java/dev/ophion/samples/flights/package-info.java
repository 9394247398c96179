/**
 * The flights sample: {@link dev.ophion.samples.flights.Flights} lets several interpreters compute
 * delay statistics of real flights over columns in Java's direct memory.
 *
 * <p>The work is handed out from the interpreters' completion callbacks, so {@link
 * dev.ophion.samples.flights.Crew} is thread-safe; everything else is immutable or used by the main
 * thread alone. Columns are written by one thread before any interpreter sees them.
 */
@NullMarked
package dev.ophion.samples.flights;

import org.jspecify.annotations.NullMarked;
