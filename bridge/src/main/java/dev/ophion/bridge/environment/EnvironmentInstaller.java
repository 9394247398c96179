package dev.ophion.bridge.environment;

import dev.ophion.StartException;
import dev.ophion.bridge.cache.CacheDirectory;
import dev.ophion.bridge.cache.CacheLock;
import dev.ophion.bridge.cache.FileTrees;
import dev.ophion.bridge.distribution.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds an environment in its folder, and makes it if it is not there.
 *
 * <p>Threading: thread-safe.
 */
final class EnvironmentInstaller {

  private static final Logger LOG = LoggerFactory.getLogger(EnvironmentInstaller.class);

  /** Other processes may install large packages over slow networks. */
  private static final Duration PATIENCE = Duration.ofHours(6);

  private final Distribution distribution;

  EnvironmentInstaller(Distribution distribution) {
    this.distribution = distribution;
  }

  /**
   * Returns the environment.
   *
   * @param key what it is found by
   * @param directory the folder of all environments; created if missing
   * @param filling what to install if it is not there
   * @throws StartException if it is not there and cannot be installed
   */
  ResolvedEnvironment obtain(EnvironmentKey key, Path directory, Filling filling) {
    Path folder = CacheDirectory.prepare(directory).resolve(key.folderName());
    try {
      Venv venv = new Venv(folder);
      if (!isReady(venv, key)) {
        makeReady(venv, key, filling);
      }
      return new ResolvedEnvironment(
          venv.executable(), venv.prefix(), List.of(venv.sitePackages()));
    } catch (IOException e) {
      throw CacheDirectory.failure("Cannot prepare the environment " + folder, e);
    }
  }

  private boolean isReady(Venv venv, EnvironmentKey key) throws IOException {
    if (!venv.isComplete(key)) {
      return false;
    }
    CacheDirectory.requireTrusted(venv.folder());
    CacheDirectory.requireTrusted(venv.prefix());
    return venv.isBasedOn(distribution);
  }

  private void makeReady(Venv venv, EnvironmentKey key, Filling filling) throws IOException {
    Path folder = CacheDirectory.prepare(venv.folder());
    try (CacheLock lock = CacheLock.acquire(folder, PATIENCE)) {
      Optional<Path> place = venv.place(key);
      if (place.isPresent() && !place.get().equals(venv.prefix())) {
        LOG.info("{} was moved to {}: its scripts are told so", place.get(), venv.prefix());
        venv.moveFrom(place.get());
        venv.complete(key);
      }
      if (!venv.isComplete(key)) {
        requireOnline(lock.cache(), filling);
        try {
          install(lock, venv, filling);
          venv.complete(key);
        } catch (IOException | RuntimeException e) {
          FileTrees.delete(venv.prefix());
          throw e;
        }
      }
      if (!venv.isBasedOn(distribution)) {
        venv.rebase(distribution);
      }
    }
  }

  private static void requireOnline(Path folder, Filling filling) {
    if (filling.offline()) {
      throw new StartException(
          "The environment of %s is not installed (expected in %s), and offline was asked for. Start once without it, where pip can reach an index."
              .formatted(filling.description(), folder));
    }
  }

  private void install(CacheLock lock, Venv venv, Filling filling) throws IOException {
    long start = System.nanoTime();
    Path work = lock.cache().resolve("work");
    FileTrees.delete(work);
    Files.createDirectory(work, CacheDirectory.ownerOnly());
    try {
      List<String> pip = filling.pipArguments(work);
      if (!pip.isEmpty()) {
        LOG.info("Installing {} into {}; this happens once", filling.description(), venv.prefix());
      }
      List<String> arguments = new ArrayList<>();
      arguments.add(lock.cache().resolve(".installing").toString());
      arguments.add(venv.prefix().toString());
      arguments.addAll(pip);
      new InstallProcess(distribution, filling.description(), work).run(arguments);
      filling.finish(venv.sitePackages());
      if (!pip.isEmpty()) {
        long millis = (System.nanoTime() - start) / 1_000_000;
        LOG.info("{} is ready after {} s", venv.prefix(), millis / 1000.0);
      }
    } finally {
      FileTrees.delete(work);
    }
  }
}
