package dev.ophion.bridge.report;

import dev.ophion.bridge.copies.CopyRules;
import dev.ophion.bridge.relocation.ElfException;
import dev.ophion.bridge.relocation.ElfFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which libraries of a package each image gets copies of: those that use Python, those that the
 * rules name, and those that depend on such a one by name.
 *
 * <p>Threading: immutable.
 *
 * @param copied the files to copy
 * @param unreadable what is wrong with files that are no libraries for this platform
 */
record CopiedFiles(List<Path> copied, List<String> unreadable) {

  static CopiedFiles of(List<Path> libraries, CopyRules rules) throws IOException {
    List<ElfFile> files = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    for (Path library : libraries) {
      try {
        files.add(ElfFile.read(library));
      } catch (ElfException e) {
        unreadable.add(e.getMessage());
      }
    }
    Set<Path> copied = new HashSet<>();
    Set<String> names = new HashSet<>();
    boolean found = true;
    while (found) {
      found = false;
      for (ElfFile file : files) {
        if (!copied.contains(file.path())
            && (file.usesPython()
                || rules.apply(file.path())
                || file.needed().stream().anyMatch(names::contains))) {
          copied.add(file.path());
          names.add(file.path().getFileName().toString());
          if (file.soname() != null) {
            names.add(file.soname());
          }
          found = true;
        }
      }
    }
    return new CopiedFiles(copied.stream().sorted().toList(), unreadable);
  }
}
