package dev.ophion.bridge.copies;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What decides which libraries are copied. Immutable, but for what {@code files} and {@code
 * origins} keep.
 *
 * @param libpython the original
 * @param libpythonNames what a library may call the libpython that it depends on
 */
record Sources(
    KnownFiles files,
    Origins origins,
    LibrarySearch search,
    CopyRules rules,
    KnownFiles.Known libpython,
    Set<String> libpythonNames) {

  /** The library of the stable ABI, which only passes on to the real one. */
  private static final String STABLE_ABI = "libpython3.so";

  /**
   * Every process has these already and none of them depends on anything else; reading their
   * thousands of symbols would show nothing.
   */
  private static final Set<String> BASE =
      Set.of(
          "libc.so.6",
          "libm.so.6",
          "libdl.so.2",
          "librt.so.1",
          "libpthread.so.0",
          "libutil.so.1",
          "libresolv.so.2",
          "libgcc_s.so.1",
          "libstdc++.so.6",
          "ld-linux-x86-64.so.2",
          "ld-linux-aarch64.so.1");

  static Sources of(Path libpython, KnownFiles files, LibrarySearch search, CopyRules rules)
      throws IOException {
    KnownFiles.Known known = files.look(libpython);
    Set<String> names = new HashSet<>(Set.of(STABLE_ABI));
    names.add(String.valueOf(libpython.getFileName()));
    @Nullable String soname = known.linkage().soname();
    if (soname != null) {
      names.add(soname);
    }
    return new Sources(files, new Origins(), search, rules, known, Set.copyOf(names));
  }

  boolean isBase(String name) {
    return BASE.contains(name) && !rules.nameFile(Path.of(name));
  }

  boolean isLibpython(KnownFiles.Known file) {
    return file.identity().place().equals(libpython.identity().place());
  }

  boolean haveCopied(Path path, Linkage linkage) {
    return linkage.usesPython() || rules.apply(path);
  }
}
