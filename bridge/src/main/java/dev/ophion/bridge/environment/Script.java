package dev.ophion.bridge.environment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A text file of an environment that holds the environment's path.
 *
 * <p>Threading: immutable; writing is for the holder of the environment's lock.
 */
record Script(Path file) {

  /** What Linux reads of the first line, before 5.1; a blank cannot be part of the path in it. */
  private static final int LONGEST_FIRST_LINE = 127;

  private static final String INTERPRETER = "#!";
  private static final String TEMPORARY_SUFFIX = ".new";

  /** Replaces a path, and all below it, by another one. What is no text stays as it is. */
  void move(Path from, Path to) throws IOException {
    String text;
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      return;
    }
    String moved = withInterpreter(text.replace(from.toString(), to.toString()));
    if (moved.equals(text)) {
      return;
    }
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
    Files.deleteIfExists(temporary);
    Files.createFile(
        temporary, PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(file)));
    Files.writeString(temporary, moved);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** An interpreter that the kernel cannot be told of is started by a shell, as pip does it. */
  private static String withInterpreter(String text) {
    int end = text.indexOf('\n');
    if (!text.startsWith(INTERPRETER + "/") || end < 0) {
      return text;
    }
    String line = text.substring(INTERPRETER.length(), end);
    boolean isPython = line.substring(line.lastIndexOf('/')).startsWith("/python");
    boolean fits = end <= LONGEST_FIRST_LINE && line.indexOf(' ') < 0;
    return fits || !isPython
        ? text
        : "#!/bin/sh\n'''exec' \"" + line + "\" \"$0\" \"$@\"\n' '''" + text.substring(end);
  }
}
