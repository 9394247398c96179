package dev.ophion.bridge.cache;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removal of whole folders. Stateless. */
public final class FileTrees {

  private static final Logger LOG = LoggerFactory.getLogger(FileTrees.class);
  private static final int ATTEMPTS = 3;

  private FileTrees() {}

  /**
   * Removes a folder as far as it can. The compiler of a killed process may still write into it for
   * a moment; what is left then is for the next run.
   */
  public static void delete(Path folder) {
    for (int attempt = 1; Files.exists(folder); attempt++) {
      try {
        Files.walkFileTree(folder, new Deletion());
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          LOG.warn("Cannot remove the temporary folder {}", folder, e);
          return;
        }
      }
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      // Somebody else removed it between the listing and the visit.
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
