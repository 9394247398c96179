package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a shared object says about itself: enough to decide whether an image needs its own copy.
 *
 * <p>Threading: immutable.
 *
 * @param path the file that was read
 * @param machine the processor it was made for
 * @param soname the name that the loader knows it by ({@code DT_SONAME}); null if it has none
 * @param needed the libraries it depends on ({@code DT_NEEDED}), in the order of the search
 * @param runPath where they are looked for ({@code DT_RUNPATH}, else {@code DT_RPATH}) as it is
 *     written, with {@code $ORIGIN}; null if it has none
 * @param versionFiles the libraries that it needs symbol versions of ({@code DT_VERNEED})
 * @param undefinedSymbols the dynamic symbols it takes from others
 * @param pythonSymbols those among them that are CPython's by name: {@code Py*} and {@code _Py*}
 */
public record ElfFile(
    Path path,
    Machine machine,
    @Nullable String soname,
    List<String> needed,
    @Nullable String runPath,
    List<String> versionFiles,
    List<String> undefinedSymbols,
    List<String> pythonSymbols) {

  private static final String MULTI_PHASE = "PyModuleDef_Init";

  /** Made by {@link #read}. */
  public ElfFile {
    needed = List.copyOf(needed);
    versionFiles = List.copyOf(versionFiles);
    undefinedSymbols = List.copyOf(undefinedSymbols);
    pythonSymbols = List.copyOf(pythonSymbols);
  }

  /**
   * Reads the headers and dynamic tables of a shared object; the code in it is not touched.
   *
   * @throws ElfException if it is no 64-bit little-endian shared object for one of the known
   *     processors, or is damaged
   * @throws IOException if it cannot be read
   */
  public static ElfFile read(Path file) throws IOException {
    try (ElfReader reader = ElfReader.open(file)) {
      ElfFile read = ElfContent.read(reader).toFile();
      reader.requireUnchanged();
      return read;
    }
  }

  /** Tells whether it takes anything from CPython, so that it belongs to one image alone. */
  public boolean usesPython() {
    return !pythonSymbols.isEmpty();
  }

  /**
   * Tells whether it refers to {@code PyModuleDef_Init}: its module is initialised in phases (PEP
   * 489), which a module has to be for a subinterpreter to load it.
   */
  public boolean initialisesInPhases() {
    return pythonSymbols.contains(MULTI_PHASE);
  }
}
