package dev.ophion.bridge.image;

import dev.ophion.Isolation;
import dev.ophion.StartException;
import java.nio.file.Path;

/** Gives each interpreter the image that its isolation asks for. Thread-safe. */
public final class Images {

  private static final String PRIVATE_PLATFORM = "Linux";

  private final ImageConfig config;
  private final ImageFiles files;
  private final SharedImage shared;

  private Images(ImageConfig config, ImageFiles files, SharedImage shared) {
    this.config = config;
    this.files = files;
    this.shared = shared;
  }

  /**
   * Starts the shared image.
   *
   * @param config what every image starts with
   * @param files what images load
   * @return the images of a runtime
   * @throws StartException if CPython does not start
   */
  public static Images start(ImageConfig config, ImageFiles files) {
    return new Images(config, files, SharedImage.start(config, files));
  }

  /**
   * Returns an image for one more interpreter.
   *
   * @param isolation what the interpreter is to be
   * @param executable becomes its {@code sys.executable}
   * @return the shared image, or a private one that is still to be loaded
   * @throws StartException if this platform has no private images
   */
  public Image of(Isolation isolation, Path executable) {
    return switch (isolation) {
      case SUBINTERPRETER -> shared.withExecutable(executable);
      case IMAGE -> {
        requirePrivate(System.getProperty("os.name"), System.getProperty("os.arch"));
        yield new PrivateImage(config.withExecutable(executable), files);
      }
    };
  }

  static void requirePrivate(String system, String machine) {
    if (!system.equals(PRIVATE_PLATFORM)) {
      throw new StartException(
          "Isolation.IMAGE needs Linux, and this is %s on %s: use Isolation.SUBINTERPRETER."
              .formatted(system, machine));
    }
  }

  /**
   * Tells how much the copies of libraries take on disk.
   *
   * @return bytes, for all processes that use the cache
   */
  public long copiesSizeBytes() {
    return files.copies().sizeBytes();
  }

  /** Ends the shared image's CPython, after every interpreter has ended. Idempotent. */
  public void stop() {
    shared.stop();
  }
}
