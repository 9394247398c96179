package dev.ophion.bridge.copies;

import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which libraries are copied for each image although they do not use Python: those that keep
 * process-wide state which the extension modules of a package register into.
 *
 * <p>Threading: immutable.
 */
public final class CopyRules {

  /**
   * Packages all of whose libraries are copied. PyTorch registers operators into c10, TensorFlow
   * messages into protobuf, pyarrow types and functions that are written in Python into libarrow,
   * h5py its callbacks into an HDF5 that it guards by a lock of its own, and what numba has
   * llvmlite compile refers to one libpython.
   */
  private static final List<String> BUILT_IN =
      List.of("torch", "tensorflow", "llvmlite", "pyarrow", "h5py");

  private static final Set<String> SITE_FOLDERS = Set.of("site-packages", "dist-packages");
  private static final String LIBRARIES = ".libs";

  private final Set<String> packages;
  private final Set<String> patterns;
  private final List<PathMatcher> matchers;

  private CopyRules(Set<String> packages, Set<String> patterns) {
    this.packages = packages;
    this.patterns = patterns;
    matchers = new ArrayList<>();
    for (String pattern : patterns) {
      matchers.add(FileSystems.getDefault().getPathMatcher("glob:" + pattern));
    }
  }

  /** Returns the built-in rules. */
  public static CopyRules builtIn() {
    return new CopyRules(Set.copyOf(BUILT_IN), Set.of());
  }

  /**
   * Adds to these rules.
   *
   * @param names a library's file name ({@code libfoo.so.1}), a glob pattern for it ({@code
   *     libfoo*.so*}), or the import name of a package ({@code foo}): everything in its folder and
   *     in the folder {@code foo.libs} beside it. What holds {@code .so} or one of <code>*?[{
   *     </code> is for file names.
   * @throws IllegalArgumentException if a name is empty, has a slash in it, or is no valid pattern
   */
  public CopyRules with(Collection<String> names) {
    Set<String> morePackages = new LinkedHashSet<>(packages);
    Set<String> morePatterns = new LinkedHashSet<>(patterns);
    for (String name : names) {
      if (name.isBlank() || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(
            "\""
                + name
                + "\" names no library to copy; expected a file name, a pattern or a package");
      }
      boolean file = name.contains(".so") || name.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
      (file ? morePatterns : morePackages).add(name);
    }
    return new CopyRules(morePackages, morePatterns);
  }

  /** Tells whether a name is ruled by itself, wherever the file is. */
  boolean nameFile(Path name) {
    for (PathMatcher matcher : matchers) {
      if (matcher.matches(name)) {
        return true;
      }
    }
    return false;
  }

  /** Tells whether a library is to be copied. */
  public boolean apply(Path library) {
    Path name = library.getFileName();
    if (name != null && nameFile(name)) {
      return true;
    }
    Path folder = library.normalize().getParent();
    while (folder != null && folder.getFileName() != null) {
      if (isPackage(folder)) {
        return true;
      }
      folder = folder.getParent();
    }
    return false;
  }

  private boolean isPackage(Path folder) {
    String name = String.valueOf(folder.getFileName());
    boolean libraries = name.endsWith(LIBRARIES);
    String base = libraries ? name.substring(0, name.length() - LIBRARIES.length()) : name;
    Path parent = folder.getParent();
    if (parent == null || !packages.contains(base)) {
      return false;
    }
    if (SITE_FOLDERS.contains(String.valueOf(parent.getFileName()))) {
      return true;
    }
    // A folder of sys.path may have any name; one that merely has a package's name holds no code.
    Path code = libraries ? parent.resolve(base) : folder;
    return Files.exists(code.resolve("__init__.py"))
        && !Files.exists(parent.resolve("__init__.py"));
  }
}
