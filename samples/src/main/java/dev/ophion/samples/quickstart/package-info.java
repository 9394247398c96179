/**
 * The quickstart sample: {@link dev.ophion.samples.quickstart.Quickstart} is the ten lines that the
 * README shows. It uses one thread and two interpreters.
 */
@NullMarked
package dev.ophion.samples.quickstart;

import org.jspecify.annotations.NullMarked;
