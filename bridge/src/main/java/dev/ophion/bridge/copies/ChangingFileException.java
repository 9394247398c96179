package dev.ophion.bridge.copies;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/** A file became another one each time that it was read. */
final class ChangingFileException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  ChangingFileException(Path file) {
    super(file + " changed each time that it was read");
  }
}
