/**
 * Memory that no interpreter owns: {@link dev.ophion.samples.handover.Handover} lets two
 * interpreters write into one array at the same time and then hands it over. It uses the calling
 * thread and two carriers.
 */
@NullMarked
package dev.ophion.samples.handover;

import org.jspecify.annotations.NullMarked;
