package dev.ophion.natives;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.bytedeco.javacpp.Loader;

/**
 * Unpacks the libraries of this module into JavaCPP's cache, in a folder named by their content.
 * JavaCPP's own way names it by the jar and overwrites files there when the jar has changed, which
 * crashes a JVM that runs with the earlier ones. Thread-safe.
 */
public final class NativeLibraries {

  private static final int NAME_BYTES = 8;

  private NativeLibraries() {}

  /**
   * Returns a library of this module as a file.
   *
   * @param fileName its name, for example {@code libophion_engine.so}
   * @return a file that never changes
   * @throws UnsatisfiedLinkError if this platform has no such library
   * @throws UncheckedIOException if it cannot be unpacked
   */
  public static Path unpack(String fileName) {
    String resource = Loader.getPlatform() + "/" + fileName;
    try (InputStream in = NativeLibraries.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new UnsatisfiedLinkError(
            "Ophion has no %s for the platform %s; it supports linux-x86_64."
                .formatted(fileName, Loader.getPlatform()));
      }
      return unpack(fileName, in.readAllBytes());
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "%s cannot be unpacked into %s: name another folder by the system property org.bytedeco.javacpp.cachedir."
              .formatted(fileName, cacheName()),
          failure);
    }
  }

  private static Path unpack(String fileName, byte[] content) throws IOException {
    Path folder = Loader.getCacheDir().toPath().resolve("ophion-" + digest(content));
    Path file = folder.resolve(fileName);
    if (Files.exists(file) && Files.size(file) == content.length) {
      return file;
    }
    Files.createDirectories(folder);
    Path temporary = Files.createTempFile(folder, fileName, ".tmp");
    try {
      Files.write(temporary, content);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    return file;
  }

  private static String digest(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(Arrays.copyOf(digest, NAME_BYTES));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }

  private static String cacheName() {
    try {
      return Loader.getCacheDir().toString();
    } catch (IOException unknown) {
      return "JavaCPP's cache";
    }
  }
}
