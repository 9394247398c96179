package dev.ophion.bridge.image;

import dev.ophion.StartException;
import dev.ophion.natives.Host;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A copy of libpython for one interpreter, its main interpreter. Loaded, started and ended on that
 * interpreter's carrier, to which its fields are confined.
 */
public final class PrivateImage implements Image {

  /** Where the standard library's extension modules are. */
  private static final String MODULES = "lib-dynload";

  private final ImageConfig config;
  private final ImageFiles files;

  private ImageSlots.@Nullable Loading loading;
  private @Nullable LoadedImage loaded;

  /**
   * Describes an image; {@link #newInterpreter} loads it.
   *
   * @param config what it starts with
   * @param files what it loads
   */
  public PrivateImage(ImageConfig config, ImageFiles files) {
    this.config = config;
    this.files = files;
  }

  @Override
  public long newInterpreter(long id, boolean ownGil) {
    ImageSlots.Loading taken = ImageSlots.take(files);
    loading = taken;
    try {
      LoadedImage image = LoadedImage.open(taken);
      loaded = image;
      image.start(config);
      return enter(image, id);
    } catch (RuntimeException | Error failure) {
      interpreterEnded();
      throw failure;
    }
  }

  private static long enter(LoadedImage image, long id) {
    try {
      return Host.newInterpreter(image.address(), id, null, true, true);
    } catch (RuntimeException failure) {
      throw new StartException("CPython did not start: " + failure.getMessage(), failure);
    }
  }

  @Override
  public void interpreterEnded() {
    ImageSlots.Loading ending = loading;
    if (ending == null) {
      return;
    }
    LoadedImage image = loaded;
    boolean staysMapped = image != null && !image.close(ending, canUnload(ending));
    ImageSlots.free(ending, staysMapped);
    loading = null;
    loaded = null;
  }

  /**
   * Whether nothing but the standard library was loaded. Other modules may have threads, exit
   * functions and thread-local destructors, which would run into unmapped code.
   */
  private boolean canUnload(ImageSlots.Loading ending) {
    return ending.libraries().keySet().stream().allMatch(file -> isStandard(file, config.home()));
  }

  /** Whether it is a module of the standard library. */
  static boolean isStandard(Path file, Path home) {
    Path folder = file.getParent();
    return folder != null && folder.startsWith(home) && folder.endsWith(MODULES);
  }
}
