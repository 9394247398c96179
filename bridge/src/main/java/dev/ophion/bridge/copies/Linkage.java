package dev.ophion.bridge.copies;

import dev.ophion.bridge.relocation.ElfFile;
import dev.ophion.bridge.relocation.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What planning has to know of a library: an {@link ElfFile} without its symbols, which are kept by
 * the megabyte in large packages. Immutable.
 */
record Linkage(
    Machine machine,
    @Nullable String soname,
    List<String> needed,
    @Nullable String runPath,
    boolean usesPython) {

  static Linkage read(Path file) throws IOException {
    ElfFile elf = ElfFile.read(file);
    return new Linkage(elf.machine(), elf.soname(), elf.needed(), elf.runPath(), elf.usesPython());
  }
}
