/**
 * What the samples on flights share: the flights as columns in direct memory ({@link
 * dev.ophion.samples.common.FlightTable}), interpreters that hold views of them ({@link
 * dev.ophion.samples.common.Crew}), and what is measured and compared.
 *
 * <p>Work is handed out from the interpreters' completion callbacks, so {@code Crew} is
 * thread-safe; everything else is immutable or used by the main thread alone. Columns are written
 * by one thread before any interpreter sees them.
 */
@NullMarked
package dev.ophion.samples.common;

import org.jspecify.annotations.NullMarked;
