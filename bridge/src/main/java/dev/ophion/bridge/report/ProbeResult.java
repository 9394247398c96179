package dev.ophion.bridge.report;

import java.util.List;
import java.util.Set;

/**
 * What a child process found out.
 *
 * <p>Threading: immutable.
 *
 * @param imported whether the modules that stand for the package were imported
 * @param failure why not, or what ended the process afterwards; empty if nothing did
 * @param refused extension modules that were refused on the way, each once, with the reason
 * @param survived whether a submodule was imported although it wanted one that is refused
 * @param loaded the extension modules that loaded when they were tried by themselves
 * @param last the extension module that was tried last; empty if none was
 */
record ProbeResult(
    boolean imported,
    String failure,
    List<Refused> refused,
    boolean survived,
    Set<String> loaded,
    String last) {

  /** An extension module that a subinterpreter does not load. */
  record Refused(String module, String reason) {}
}
