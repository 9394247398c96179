/**
 * The flights sample: {@link dev.ophion.samples.flights.Flights} lets several interpreters compute
 * delay statistics of real flights over columns in Java's direct memory. Everything here is
 * immutable or used by the main thread alone.
 */
@NullMarked
package dev.ophion.samples.flights;

import org.jspecify.annotations.NullMarked;
