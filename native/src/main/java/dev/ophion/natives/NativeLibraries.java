package dev.ophion.natives;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks the libraries of this module into a cache, in folders named by their content, and loads
 * the host. JavaCPP's own way names them by the jar and overwrites files there when the jar has
 * changed, which crashes a JVM that runs with the earlier ones. Thread-safe.
 *
 * <p>A start that finds its files reads none of them: the build has written down what is in them.
 */
public final class NativeLibraries {

  private static final String PLATFORM = "linux-x86_64";
  private static final String HOST = "libjniHost.so";

  /** One line a library: its SHA-256, its size, its name. */
  private static final String INDEX = "INDEX";

  private static final int NAME_DIGITS = 16;

  /** More class loaders than ever use Ophion in one JVM at a time. */
  private static final int MOST_LOADERS = 64;

  private static final Object LOCK = new Object();

  private static volatile @Nullable Path cache;

  /** Guarded by {@link #LOCK}, as the next two. */
  private static @Nullable Path loaded;

  private static @Nullable Map<String, Library> index;

  private static final Map<String, Path> UNPACKED = new HashMap<>();

  private record Library(String digest, long sizeBytes) {}

  private NativeLibraries() {}

  /**
   * Says where libraries are unpacked. To be called before {@link Host} is used; a later call has
   * no effect on what is loaded.
   *
   * @param folder an existing folder that only the user can write
   */
  public static void unpackInto(Path folder) {
    synchronized (LOCK) {
      cache = folder;
      UNPACKED.clear();
    }
  }

  /**
   * Returns whether somebody has said where libraries are unpacked.
   *
   * @return {@code false} if {@link #unpackInto} was not called
   */
  public static boolean isFolderChosen() {
    return cache != null;
  }

  /**
   * Loads the host for this class loader; again, does nothing. The JVM gives a file to one class
   * loader at a time, and takes it back when that has been collected, so another one that uses
   * Ophion in the same JVM gets a copy of the file.
   *
   * @return the file that is loaded
   * @throws UncheckedIOException if it cannot be unpacked
   * @throws UnsatisfiedLinkError if this platform has no such library, or it cannot be loaded
   * @throws RuntimeException {@code IllegalCallerException}, from Java 24 on, if native access is
   *     denied
   */
  public static Path load() {
    synchronized (LOCK) {
      Path file = loaded;
      if (file == null) {
        file = loadOne(unpack(HOST));
        loaded = file;
      }
      return file;
    }
  }

  private static Path loadOne(Path original) {
    Path file = original;
    for (int loader = 2; ; loader++) {
      try {
        System.load(file.toString());
        return file;
      } catch (UnsatisfiedLinkError refusal) {
        if (!isAnotherLoaders(refusal) || loader > MOST_LOADERS) {
          throw refusal;
        }
      }
      file = copyFor(loader, original);
    }
  }

  /** The JVM has no other way to tell. */
  private static boolean isAnotherLoaders(UnsatisfiedLinkError refusal) {
    String message = refusal.getMessage();
    return message != null && message.contains("already loaded in another classloader");
  }

  private static Path copyFor(int loader, Path original) {
    Path copy = original.resolveSibling("libjniHost-" + loader + ".so");
    try {
      if (!Files.exists(copy) || Files.size(copy) != Files.size(original)) {
        write(copy, Files.readAllBytes(original));
      }
      return copy;
    } catch (IOException failure) {
      throw new UncheckedIOException(
          original
              + " is loaded by another class loader of this JVM, and a copy of it for this one"
              + " cannot be made",
          failure);
    }
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
    synchronized (LOCK) {
      Path known = UNPACKED.get(fileName);
      if (known != null && Files.exists(known)) {
        return known;
      }
      try {
        Path file = find(fileName);
        UNPACKED.put(fileName, file);
        return file;
      } catch (IOException failure) {
        throw new UncheckedIOException(fileName + " cannot be unpacked", failure);
      }
    }
  }

  private static Path find(String fileName) throws IOException {
    Library library = index().get(fileName);
    if (library == null) {
      throw new UnsatisfiedLinkError("Ophion has no " + fileName + " for " + PLATFORM + '.');
    }
    Path chosen = cache;
    if (chosen == null) {
      throw new IllegalStateException("unpackInto was not called");
    }
    Path folder = chosen.resolve("natives-".concat(library.digest.substring(0, NAME_DIGITS)));
    Path file = folder.resolve(fileName);
    if (!Files.exists(file) || Files.size(file) != library.sizeBytes) {
      Files.createDirectories(folder);
      write(file, resource(fileName));
    }
    return file;
  }

  private static Map<String, Library> index() throws IOException {
    Map<String, Library> known = index;
    if (known == null) {
      known = new HashMap<>();
      String text = new String(resource(INDEX), StandardCharsets.UTF_8);
      StringTokenizer words = new StringTokenizer(text);
      while (words.hasMoreTokens()) {
        String digest = words.nextToken();
        long sizeBytes = Long.parseLong(words.nextToken());
        known.put(words.nextToken(), new Library(digest, sizeBytes));
      }
      index = known;
    }
    return known;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        NativeLibraries.class.getResourceAsStream(PLATFORM.concat("/").concat(name))) {
      if (in == null) {
        throw new FileNotFoundException("the jar of ophion-native has no " + PLATFORM + '/' + name);
      }
      return in.readAllBytes();
    }
  }

  /** Other processes may do the same: whoever comes last puts equal content in place. */
  private static void write(Path file, byte[] content) throws IOException {
    Path temporary =
        Files.createTempFile(file.getParent(), String.valueOf(file.getFileName()), ".tmp");
    try {
      Files.write(temporary, content);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
