package dev.ophion.bridge.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.PythonEnvironment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one test of this package that needs the package index. */
final class NetworkTest {

  @TempDir Path temporary;

  @Test
  void requirements_compiledPackageFromTheIndex_loads() throws Exception {
    ResolvedEnvironment environment =
        EnvironmentResolver.resolve(
            PythonEnvironment.requirements("markupsafe==3.0.3"),
            Pythons.distribution(),
            temporary.resolve("cache"));
    assertThat(
            Pythons.run(
                environment.executable(),
                "-c",
                "import markupsafe._speedups as s, markupsafe; print(markupsafe.escape('<'))"))
        .isEqualTo("&lt;");
  }
}
