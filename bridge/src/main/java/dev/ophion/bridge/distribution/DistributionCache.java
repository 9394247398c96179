package dev.ophion.bridge.distribution;

import dev.ophion.StartException;
import dev.ophion.bridge.cache.CacheDirectory;
import dev.ophion.bridge.cache.CacheLock;
import dev.ophion.bridge.cache.FileTrees;
import dev.ophion.bridge.log.LazyLogger;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * Gives the unpacked distribution, and unpacks it if no process of this user has done so yet.
 *
 * <p>A distribution is built in a temporary folder inside the cache and moved to its name in one
 * step, so its name stands for complete content. The name carries a hash of the content: another
 * version of CPython or of Ophion gets another folder and never changes this one.
 *
 * <p>A start that finds its folder runs little code and plain code: no regular expression, lambda
 * or string template on that path, since the first of each in a JVM costs milliseconds.
 *
 * <p>Threading: thread-safe.
 */
public final class DistributionCache {

  static final String TEMPORARY_PREFIX = ".unpacking-";
  static final String MARKER = ".ophion-complete";

  private static final LazyLogger LOG = LazyLogger.of(DistributionCache.class);

  /** With what is compiled. */
  private static final long NEEDED_BYTES = 130L << 20;

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration COMPILE_DEADLINE = Duration.ofMinutes(2);

  private final DistributionSource source;
  private final SupportFiles support;
  private final BytecodeCompiler compiler;
  private final Duration patience;

  DistributionCache(
      DistributionSource source,
      SupportFiles support,
      BytecodeCompiler compiler,
      Duration patience) {
    this.source = source;
    this.support = support;
    this.compiler = compiler;
    this.patience = patience;
  }

  /**
   * Returns the embedded distribution from the cache, filling it first if need be. The first call
   * on a machine takes seconds and writes about 110 MB; every later one takes milliseconds and
   * writes nothing.
   *
   * @param cacheDirectory the cache folder; created, for this user alone, if it does not exist
   * @throws StartException if the distribution is not on the class path, the folder cannot be
   *     written or is open to other users, or another process holds its lock for minutes
   */
  public static Distribution obtain(Path cacheDirectory) {
    requireSupportedPlatform(System.getProperty("os.name"), System.getProperty("os.arch"));
    ClassLoader loader = DistributionCache.class.getClassLoader();
    DistributionCache cache =
        new DistributionCache(
            ResourceLocator.locate(loader),
            SupportFiles.read(loader),
            new StdlibCompiler(COMPILE_DEADLINE),
            PATIENCE);
    return cache.obtainIn(cacheDirectory);
  }

  /**
   * Returns the folder to use unless the user names another: the system property {@code
   * dev.ophion.cache}, else the environment variable {@code OPHION_CACHE}, else {@code ophion} in
   * {@code XDG_CACHE_HOME} or in {@code ~/.cache}.
   *
   * @throws StartException if none of these is set and the user has no home folder
   */
  public static Path defaultDirectory() {
    return CacheDirectory.defaultDirectory(System::getProperty, System::getenv);
  }

  static void requireSupportedPlatform(String system, String architecture) {
    if (!system.equals("Linux") || !architecture.equals("amd64")) {
      throw new StartException(
          "The embedded CPython runs on "
              + Layout.PLATFORM
              + "; this is "
              + system
              + " on "
              + architecture
              + ".");
    }
  }

  Distribution obtainIn(Path directory) {
    Path cache = CacheDirectory.prepare(directory);
    Path home = cache.resolve(folderName());
    try {
      if (!isComplete(home)) {
        try (CacheLock lock = CacheLock.acquire(cache, patience)) {
          if (!isComplete(home)) {
            build(lock, home);
          }
        }
      }
    } catch (IOException e) {
      throw CacheDirectory.failure(
          "Cannot unpack CPython " + source.version() + " into " + home, e, cache, NEEDED_BYTES);
    }
    return new Distribution(home, source.version());
  }

  private String folderName() {
    Fingerprint fingerprint = new Fingerprint().add(Layout.REVISION);
    source.identify(fingerprint);
    support.identify(fingerprint);
    return String.join("-", "cpython", source.version(), Layout.PLATFORM, fingerprint.text());
  }

  /** Looks at the marker and at one file: a power cut may leave files empty behind the marker. */
  private static boolean isComplete(Path home) throws IOException {
    String marker;
    try {
      marker = Files.readString(home.resolve(MARKER));
      if (!marker.equals(marker(home))) {
        return false;
      }
    } catch (NoSuchFileException e) {
      return false;
    }
    CacheDirectory.requireTrusted(home);
    return true;
  }

  private static String marker(Path home) throws IOException {
    return "libpython ".concat(Long.toString(Files.size(home.resolve(Layout.LIBPYTHON))));
  }

  private void build(CacheLock lock, Path home) throws IOException {
    Path cache = lock.cache();
    removeLeftOvers(cache);
    long start = System.nanoTime();
    LOG.get()
        .info(
            "Unpacking CPython {} ({} MB) into {}; this happens once",
            source.version(),
            source.sizeBytes() / 1_000_000,
            home);
    Path work = temporaryFolder(cache);
    try {
      source.unpack(work);
      Layout.finish(work);
      support.copyTo(work.resolve(Layout.STDLIB));
      LOG.get().info("Compiling the standard library");
      compiler.compile(work, home);
      Files.writeString(work.resolve(MARKER), marker(work));
      if (Files.exists(home)) {
        // Damaged, or it would not be built again.
        Files.move(home, temporaryName(cache), StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(work, home, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      removeLeftOvers(cache);
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    LOG.get().info("CPython {} is ready in {} after {} s", source.version(), home, millis / 1000.0);
  }

  private static Path temporaryFolder(Path cache) throws IOException {
    return Files.createDirectory(temporaryName(cache), CacheDirectory.ownerOnly());
  }

  private static Path temporaryName(Path cache) {
    long pid = ProcessHandle.current().pid();
    return cache.resolve(TEMPORARY_PREFIX + pid + '-' + Long.toHexString(System.nanoTime()));
  }

  /** Only the holder of the lock makes temporary folders, so all that it finds are dead. */
  private static void removeLeftOvers(Path cache) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(cache, TEMPORARY_PREFIX + "*")) {
      for (Path folder : folders) {
        FileTrees.delete(folder);
      }
    }
  }
}
