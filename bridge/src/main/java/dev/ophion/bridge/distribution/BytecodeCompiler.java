package dev.ophion.bridge.distribution;

import java.io.IOException;
import java.nio.file.Path;

/** Makes the {@code .pyc} files of an unpacked distribution. */
@FunctionalInterface
interface BytecodeCompiler {

  /**
   * Compiles the standard library below {@code unpacked}, as if it stood at {@code finalHome}.
   *
   * @throws IOException if it cannot be run, fails, or takes too long; the message has its output
   */
  void compile(Path unpacked, Path finalHome) throws IOException;
}
