package dev.ophion.bridge.report;

import java.util.List;

/**
 * What a child process found out.
 *
 * <p>Threading: immutable.
 *
 * @param imported whether all modules were imported
 * @param failure why not; empty if they were
 * @param refused modules that were refused on the way, with the reason
 * @param unsupported files of the package that would be refused, with the reason
 */
record ProbeResult(
    boolean imported, String failure, List<Refused> refused, List<Refused> unsupported) {

  /** An extension module that a subinterpreter does not load. */
  record Refused(String module, String reason) {}
}
