package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All tables of an open file, each one checked. */
record ElfContent(
    ElfLayout layout,
    DynamicSection dynamic,
    StringTable strings,
    VersionNeeds versions,
    Sections sections,
    Symbols symbols) {

  static ElfContent read(ElfReader reader) throws IOException {
    ElfLayout layout = ElfLayout.read(reader);
    DynamicSection dynamic = DynamicSection.read(layout);
    Sections sections = Sections.read(layout);
    return new ElfContent(
        layout,
        dynamic,
        StringTable.read(layout, dynamic),
        VersionNeeds.read(layout, dynamic),
        sections,
        Symbols.readDynamic(layout, dynamic, sections));
  }

  ElfFile toFile() throws IOException {
    List<String> undefined = new ArrayList<>();
    List<String> python = new ArrayList<>();
    symbols.visit(
        (entries, count) -> {
          for (int at = 0; at < count * Symbols.ENTRY_BYTES; at += Symbols.ENTRY_BYTES) {
            long name = Integer.toUnsignedLong(entries.getInt(at + Symbols.NAME_AT));
            if (name != 0 && entries.getShort(at + Symbols.SECTION_AT) == 0) {
              String text = strings.get(name, "the name of a symbol");
              undefined.add(text);
              if (strings.isPythonName(name)) {
                python.add(text);
              }
            }
          }
          return false;
        },
        (bytes, offset) -> {});
    return new ElfFile(
        layout.reader().file(),
        layout.machine(),
        string(DynamicSection.SONAME, "DT_SONAME"),
        needed(),
        runPath(),
        versionFiles(),
        undefined,
        python);
  }

  List<String> needed() throws ElfException {
    List<String> needed = new ArrayList<>();
    for (DynamicSection.Entry entry : dynamic.entries()) {
      if (entry.tag() == DynamicSection.NEEDED) {
        needed.add(strings.getFileName(entry.value(), "DT_NEEDED"));
      }
    }
    return needed;
  }

  List<String> versionFiles() throws ElfException {
    List<String> files = new ArrayList<>();
    for (VersionNeeds.Need need : versions.needs()) {
      files.add(strings.getFileName(need.file(), "a library in the table of needed versions"));
    }
    return files;
  }

  /** The loader ignores DT_RPATH beside DT_RUNPATH. */
  @Nullable String runPath() throws ElfException {
    String runPath = string(DynamicSection.RUNPATH, "DT_RUNPATH");
    return runPath != null ? runPath : string(DynamicSection.RPATH, "DT_RPATH");
  }

  /** The section header of the table that the loader uses; tools may have been given another. */
  Sections.@Nullable Header stringsHeader() {
    Sections.Header header = sections.strings();
    return header != null
            && dynamic
                .entries()
                .contains(new DynamicSection.Entry(DynamicSection.STRINGS, header.address()))
        ? header
        : null;
  }

  private @Nullable String string(long tag, String name) throws ElfException {
    return dynamic.has(tag) ? strings.getFileName(dynamic.value(tag, 0, name), name) : null;
  }
}
