package dev.ophion.bridge.environment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a new virtual environment is filled with. Implementations are immutable. */
interface Filling {

  /** Names it in messages, without passwords. */
  String description();

  /** Tells whether the user forbids to install it. */
  boolean offline();

  /**
   * Returns the arguments of pip, or none if pip is not needed.
   *
   * @param work a folder that is removed afterwards
   */
  List<String> pipArguments(Path work) throws IOException;

  /** Puts the last files into the folder of packages. */
  void finish(Path sitePackages) throws IOException;
}
