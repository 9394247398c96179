package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/** A file is no shared object that can be relocated; the message says what was seen in it. */
public final class ElfException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  ElfException(Path file, String seen, String expected) {
    super(file + ": " + seen + "; expected " + expected);
  }
}
