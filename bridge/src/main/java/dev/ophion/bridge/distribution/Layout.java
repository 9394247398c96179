package dev.ophion.bridge.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Where things are in the distribution, and what must be put right after unpacking. Stateless. */
final class Layout {

  static final String PLATFORM = "linux-x86_64";
  static final String COORDINATES = "org.bytedeco:cpython:3.14.3-1.5.13:" + PLATFORM;
  static final String RESOURCE_ROOT = "org/bytedeco/cpython/" + PLATFORM + "/";

  static final String EXECUTABLE = "bin/python3.14";
  static final String LIBPYTHON = "libpython3.14.so.1.0";
  static final String STDLIB = "lib/python3.14";
  static final String VERSION_HEADER = "include/python3.14/patchlevel.h";

  /** CPython compiles its build time into libpython, so no two builds have the same one. */
  static final List<String> IDENTIFYING_FILES =
      List.of(LIBPYTHON, EXECUTABLE, VERSION_HEADER, STDLIB + "/os.py");

  /** Raised by every change of what is done to the files, so that it reaches existing caches. */
  static final int REVISION = 1;

  // Runs the interpreter beside the script wherever the folder is, with blanks in its path too:
  // sh sees exec with three arguments, Python sees a string.
  private static final String SHEBANG =
      """
      #!/bin/sh
      '''exec' "$(dirname -- "$(realpath -- "$0")")/python3.14" "$0" "$@"
      ' '''
      """;

  private Layout() {}

  static String versionIn(String patchlevelHeader) throws IOException {
    int definition = patchlevelHeader.indexOf("#define PY_VERSION ");
    int start = definition < 0 ? -1 : patchlevelHeader.indexOf('"', definition) + 1;
    int end = start <= 0 ? -1 : patchlevelHeader.indexOf('"', start);
    if (end < 0) {
      throw new IOException(VERSION_HEADER + " does not define PY_VERSION");
    }
    return patchlevelHeader.substring(start, end);
  }

  /** Resolves a relative name that must stay below {@code folder}. */
  static Path child(Path folder, String name) throws IOException {
    Path child = folder.resolve(name).normalize();
    if (child.equals(folder) || !child.startsWith(folder)) {
      throw new IOException("The name \"" + name + "\" leads out of " + folder);
    }
    return child;
  }

  /** Sets permissions, links and script headers in a freshly unpacked folder. */
  static void finish(Path home) throws IOException {
    for (String required : List.of(EXECUTABLE, LIBPYTHON)) {
      if (!Files.isRegularFile(home.resolve(required))) {
        throw new IOException("The distribution has no " + required);
      }
    }
    Path bin = home.resolve("bin");
    link(bin.resolve("python3"), "python3.14");
    link(bin.resolve("python"), "python3.14");
    // CPython derives sys.prefix from the path that the loader found libpython by; through the
    // executable's RUNPATH $ORIGIN/.. that would be "<home>/bin/..".
    link(bin.resolve(LIBPYTHON), "../" + LIBPYTHON);
    if (Files.exists(home.resolve("libffi.so.8"))) {
      // _ctypes has no RUNPATH to the home folder and would fail where the system has no libffi.
      link(home.resolve(STDLIB).resolve("lib-dynload/libffi.so.8"), "../../../libffi.so.8");
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(bin)) {
      for (Path file : files) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          fixShebang(file);
          makeExecutable(file);
        }
      }
    }
    for (String folder : List.of("", STDLIB + "/lib-dynload")) {
      if (Files.isDirectory(home.resolve(folder))) {
        makeLibrariesExecutable(home.resolve(folder));
      }
    }
  }

  private static void makeLibrariesExecutable(Path folder) throws IOException {
    try (DirectoryStream<Path> libraries = Files.newDirectoryStream(folder, "*.{so,so.*}")) {
      for (Path library : libraries) {
        if (!Files.isSymbolicLink(library)) {
          makeExecutable(library);
        }
      }
    }
  }

  private static void makeExecutable(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view != null) {
      view.setPermissions(PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private static void link(Path link, String target) throws IOException {
    Files.deleteIfExists(link);
    Files.createDirectories(link.getParent());
    try {
      Files.createSymbolicLink(link, Path.of(target));
    } catch (UnsupportedOperationException | FileSystemException e) {
      // Some mounted file systems know no links; a copy does the same work.
      Files.copy(link.resolveSibling(target), link);
    }
  }

  /** Replaces the path of the machine that built the distribution. */
  private static void fixShebang(Path script) throws IOException {
    byte[] start;
    try (InputStream in = Files.newInputStream(script)) {
      start = in.readNBytes(512);
    }
    String text = new String(start, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\n');
    if (text.startsWith("#!") && end > 0 && text.substring(0, end).contains("/bin/python")) {
      String whole = Files.readString(script);
      Files.writeString(script, SHEBANG + whole.substring(whole.indexOf('\n') + 1));
    }
  }
}
