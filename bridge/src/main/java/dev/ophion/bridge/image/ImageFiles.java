package dev.ophion.bridge.image;

import dev.ophion.bridge.copies.CopyCache;
import dev.ophion.natives.NativeLibraries;
import java.nio.file.Path;

/**
 * What images load: each its own copies of what uses Python.
 *
 * @param copies where the copies come from
 */
public record ImageFiles(CopyCache copies) {

  private static final String ENGINE = "libophion_engine.so";

  /** What every libpython is a copy of. */
  Path original() {
    return copies.original();
  }

  /** What every engine is a copy of. */
  Path engine() {
    return NativeLibraries.unpack(ENGINE);
  }
}
