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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks the libraries of this module into a cache, in folders named by their content. JavaCPP's
 * own way names them by the jar and overwrites files there when the jar has changed, which crashes
 * a JVM that runs with the earlier ones. Thread-safe.
 */
public final class NativeLibraries {

  private static final int NAME_BYTES = 8;

  private static volatile @Nullable Path cache;

  /** By file name: what was unpacked, since hashing it takes longer than opening it. */
  private static final ConcurrentMap<String, Path> UNPACKED = new ConcurrentHashMap<>();

  private NativeLibraries() {}

  /**
   * Says where libraries are unpacked. To be called before {@link Host} is used; a later call has
   * no effect on what is loaded.
   *
   * @param folder an existing folder that only the user can write
   */
  public static void unpackInto(Path folder) {
    cache = folder;
    UNPACKED.clear();
  }

  /**
   * Returns whether somebody has said where libraries are unpacked.
   *
   * @return {@code false} if {@link #unpackInto} was not called
   */
  public static boolean isFolderChosen() {
    return cache != null;
  }

  private static Path cache() throws IOException {
    Path chosen = cache;
    return chosen == null ? Loader.getCacheDir().toPath() : chosen;
  }

  /**
   * Returns a library of this module as a file.
   *
   * @param fileName its name, for example {@code libophion_engine.so}
   * @return a file that never changes
   * @throws UnsatisfiedLinkError if this platform has no such library
   * @throws UncheckedIOException if it cannot be unpacked
   */
  public static Path unpack(String fileName) {
    Path known = UNPACKED.get(fileName);
    if (known != null && Files.exists(known)) {
      return known;
    }
    String resource = Loader.getPlatform() + "/" + fileName;
    try (InputStream in = NativeLibraries.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new UnsatisfiedLinkError(
            "Ophion has no %s for the platform %s; it supports linux-x86_64."
                .formatted(fileName, Loader.getPlatform()));
      }
      Path file = unpack(fileName, in.readAllBytes());
      UNPACKED.put(fileName, file);
      return file;
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "%s cannot be unpacked: name another cache folder.".formatted(fileName), failure);
    }
  }

  private static Path unpack(String fileName, byte[] content) throws IOException {
    Path folder = cache().resolve("natives-" + digest(content));
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
}
