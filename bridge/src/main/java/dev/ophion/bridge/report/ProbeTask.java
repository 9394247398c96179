package dev.ophion.bridge.report;

import java.util.ArrayList;
import java.util.List;

/**
 * What a child process is to import, one after another.
 *
 * <p>Threading: immutable.
 *
 * @param modules those that stand for the package; the first failure ends the import
 * @param submodules further ones, which show whether code goes on without what is refused
 * @param extensions the package's extension modules, each tried by itself
 */
record ProbeTask(List<String> modules, List<String> submodules, List<String> extensions) {

  ProbeTask {
    modules = List.copyOf(modules);
    submodules = List.copyOf(submodules);
    extensions = List.copyOf(extensions);
  }

  static ProbeTask of(List<String> modules) {
    return new ProbeTask(modules, List.of(), List.of());
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    modules.forEach(name -> lines.add("module\t" + name));
    submodules.forEach(name -> lines.add("submodule\t" + name));
    extensions.forEach(name -> lines.add("extension\t" + name));
    return lines;
  }
}
