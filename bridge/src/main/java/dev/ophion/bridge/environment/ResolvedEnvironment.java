package dev.ophion.bridge.environment;

import java.nio.file.Path;
import java.util.List;

/**
 * An environment that is on disk and fits.
 *
 * <p>Threading: immutable.
 *
 * @param executable its interpreter, which is to be {@code sys.executable}
 * @param prefix what is to be {@code sys.prefix}: the folder of {@code pyvenv.cfg}, or the embedded
 *     distribution's home
 * @param sitePaths the folders its packages are in, in the order of the search
 */
public record ResolvedEnvironment(Path executable, Path prefix, List<Path> sitePaths) {

  /** Copies the list. */
  public ResolvedEnvironment {
    sitePaths = List.copyOf(sitePaths);
  }
}
