package dev.ophion.bridge.copies;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * What planning found out about originals, which is the same for every slot: working it out again
 * for each image would take longer than opening the copies.
 *
 * <p>Threading: thread-safe.
 */
final class Origins {

  /**
   * One original.
   *
   * @param file the state that it was in
   * @param shared the folders of what it depends on and is not copied
   * @param runPath the run path of its copies
   * @param hash over what its copies are made from, but for the names of other copies
   */
  record Origin(KnownFiles.Known file, List<Path> shared, String runPath, long hash) {}

  private final ConcurrentMap<Path, Origin> origins = new ConcurrentHashMap<>();

  /** Returns what is known of a file in the same state and with the same dependencies. */
  @Nullable Origin find(Path path, KnownFiles.Known file, List<Path> shared) {
    Origin known = origins.get(path);
    return known != null && known.file.isStateOf(file) && known.shared.equals(shared)
        ? known
        : null;
  }

  void add(Path path, Origin origin) {
    origins.put(path, origin);
  }
}
