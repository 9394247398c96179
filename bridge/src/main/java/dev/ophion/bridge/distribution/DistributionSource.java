package dev.ophion.bridge.distribution;

import java.io.IOException;
import java.nio.file.Path;

/** Where the distribution comes from before it is unpacked. Implementations are immutable. */
interface DistributionSource {

  /** Returns CPython's version, such as {@code 3.14.3}. */
  String version();

  /** Adds what tells this content from any other. Cheap: every start pays for it. */
  void identify(Fingerprint fingerprint);

  /** Returns how many bytes {@link #unpack} will write. May look at every file. */
  long sizeBytes() throws IOException;

  /** Writes all files below the existing folder {@code target}, without permissions and links. */
  void unpack(Path target) throws IOException;
}
