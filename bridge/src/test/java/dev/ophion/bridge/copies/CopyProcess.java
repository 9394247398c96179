package dev.ophion.bridge.copies;

import dev.ophion.bridge.ChildJvm;
import dev.ophion.bridge.relocation.RealFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A second JVM that works on the same cache, and its main method. */
final class CopyProcess {

  private CopyProcess() {}

  /**
   * Starts it.
   *
   * @param prefix a command that runs it, such as a shell that sets limits first
   */
  static ChildJvm start(List<String> prefix, Path cacheDirectory, String... arguments)
      throws IOException {
    List<String> all =
        new ArrayList<>(List.of(cacheDirectory.toString(), RealFiles.libpython().toString()));
    all.addAll(List.of(arguments));
    return ChildJvm.start(prefix, CopyProcess.class, all.toArray(String[]::new));
  }

  /** Copies libpython and the given modules for one slot after another, and prints each copy. */
  public static void main(String[] arguments) throws Exception {
    CopyCache cache =
        CopyCache.open(Path.of(arguments[0]), Path.of(arguments[1]), CopyRules.builtIn());
    System.out.println("up");
    System.in.read();
    try {
      for (int slot = 0; slot < Integer.parseInt(arguments[2]); slot++) {
        System.out.println(cache.libpython(new Slot(slot)));
        for (int i = 3; i < arguments.length; i++) {
          System.out.println(cache.extension(Path.of(arguments[i]), new Slot(slot)));
        }
      }
      System.out.println("done");
    } catch (CopyException e) {
      System.out.println(e.getMessage());
    }
  }
}
