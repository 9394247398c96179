package dev.ophion.bridge.runtime;

import dev.ophion.StartException;
import dev.ophion.bridge.cache.CacheDirectory;
import dev.ophion.natives.NativeLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;

/** Loads native code, or says why it cannot be loaded and what to do. Stateless. */
final class Natives {

  /** As many as the jar of ophion-native has. */
  private static final long NEEDED_BYTES = 1 << 20;

  private Natives() {}

  /**
   * Loads the host, if this class loader has not yet.
   *
   * @param cache where it is unpacked
   * @throws StartException if that fails
   */
  static void load(Path cache) {
    NativeLibraries.unpackInto(cache);
    try {
      NativeLibraries.load();
    } catch (UncheckedIOException failure) {
      IOException cause = Objects.requireNonNull(failure.getCause());
      throw CacheDirectory.failure(
          "Ophion's native code cannot be unpacked: " + failure.getMessage(),
          cause,
          cache,
          NEEDED_BYTES);
    } catch (IllegalCallerException refusal) {
      throw new StartException(
          "Java does not let Ophion load its native code: start Java with --enable-native-access="
              + moduleName()
              + ", or write that name as Enable-Native-Access into the manifest of the jar that"
              + " java -jar starts (errors.md#native-access). Java says: "
              + refusal.getMessage(),
          refusal);
    } catch (UnsatisfiedLinkError refusal) {
      throw new StartException(
          "Ophion's native code cannot be loaded: it needs Linux with glibc 2.34 or later, and the"
              + " cache folder "
              + cache
              + " must not be mounted noexec (errors.md#native-code). Java says: "
              + refusal.getMessage()
              + "."
              + CacheDirectory.REMEDY,
          refusal);
    }
  }

  private static String moduleName() {
    Module module = NativeLibraries.class.getModule();
    return module.isNamed() ? module.getName() : "ALL-UNNAMED";
  }
}
