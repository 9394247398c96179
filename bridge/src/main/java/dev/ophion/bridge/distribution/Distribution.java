package dev.ophion.bridge.distribution;

import java.nio.file.Path;

/**
 * A complete CPython distribution on disk.
 *
 * <p>Threading: immutable.
 *
 * @param home the absolute folder to give to CPython as its home; {@code sys.prefix} is this path
 * @param version CPython's version, such as {@code 3.14.3}
 */
public record Distribution(Path home, String version) {

  /** Returns the interpreter; it runs without any environment variable. */
  public Path executable() {
    return home.resolve(Layout.EXECUTABLE);
  }

  /** Returns the shared library to load; the file itself, not a link to it. */
  public Path libpython() {
    return home.resolve(Layout.LIBPYTHON);
  }

  /** Returns the folder of the standard library, which holds Ophion's own Python files too. */
  public Path stdlib() {
    return home.resolve(Layout.STDLIB);
  }
}
