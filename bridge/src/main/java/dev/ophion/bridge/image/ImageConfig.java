package dev.ophion.bridge.image;

import java.nio.file.Path;
import java.util.List;

/**
 * What an image starts with.
 *
 * @param home the distribution's folder
 * @param executable becomes {@code sys.executable}
 * @param searchPaths the whole of {@code sys.path} but for what {@code site} adds
 * @param useEnvironment whether {@code PYTHON*} variables are obeyed
 * @param userSite whether the user's site directory is used
 */
public record ImageConfig(
    Path home, Path executable, List<Path> searchPaths, boolean useEnvironment, boolean userSite) {

  /** Returns the same with another environment's interpreter. */
  ImageConfig withExecutable(Path other) {
    return new ImageConfig(home, other, searchPaths, useEnvironment, userSite);
  }
}
