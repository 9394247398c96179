/**
 * Which isolation the packages of an environment load in. {@link
 * dev.ophion.bridge.report.PackageReporter} is the entry, {@link
 * dev.ophion.bridge.report.PackageReportCommand} the main class.
 *
 * <p>Nothing is imported into this process: files are read, and imports are tried in child
 * processes, whose crash is a result like any other.
 *
 * <p>Threading: immutable values, and work confined to the calling thread.
 */
@NullMarked
package dev.ophion.bridge.report;

import org.jspecify.annotations.NullMarked;
