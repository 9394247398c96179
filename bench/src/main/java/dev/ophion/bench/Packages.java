package dev.ophion.bench;

import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.PythonEnvironment;
import dev.ophion.PythonOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What the rows on private images run with. */
final class Packages {

  private Packages() {}

  /** The options of a runtime that has NumPy. */
  static PythonOptions numpy() {
    return PythonOptions.builder()
        .environment(PythonEnvironment.requirements("numpy==2.5.5"))
        .build();
  }

  /** The options of a private image. */
  static InterpreterOptions image(String name) {
    return InterpreterOptions.builder().name(name).isolation(Isolation.IMAGE).build();
  }

  /** The tasks that the baselines in Python do as well. */
  static String tasks() {
    try (InputStream source = Packages.class.getResourceAsStream("python/numpy_task.py")) {
      return new String(Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
