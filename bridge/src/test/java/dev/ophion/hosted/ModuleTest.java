package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.spi.PythonProvider;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ModuleTest {

  private static ModuleDescriptor descriptor(String name, String classes) {
    return ModuleFinder.of(Path.of(classes)).find(name).orElseThrow().descriptor();
  }

  @Test
  void bridge_exportsNothing() {
    ModuleDescriptor bridge = descriptor("dev.ophion.bridge", "target/classes");
    assertThat(bridge.exports()).isEmpty();
    assertThat(bridge.opens()).isEmpty();
    assertThat(bridge.provides())
        .extracting(ModuleDescriptor.Provides::service)
        .containsExactly("dev.ophion.spi.PythonProvider");
  }

  @Test
  void natives_areForTheBridgeAlone() {
    ModuleDescriptor natives = descriptor("dev.ophion.natives", "../native/target/classes");
    assertThat(natives.exports())
        .singleElement()
        .satisfies(
            exported -> assertThat(exported.targets()).isEqualTo(Set.of("dev.ophion.bridge")));
  }

  @Test
  void classPath_findsTheSameProvider() {
    assertThat(ServiceLoader.load(PythonProvider.class))
        .singleElement()
        .extracting(provider -> provider.getClass().getName())
        .isEqualTo("dev.ophion.bridge.runtime.HostedPythonProvider");
  }
}
