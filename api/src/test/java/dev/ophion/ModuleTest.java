package dev.ophion;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ModuleTest {

  private static ModuleDescriptor descriptor() {
    return ModuleFinder.of(Path.of("target/classes")).find("dev.ophion").orElseThrow().descriptor();
  }

  @Test
  void exports_areTheApiAndTheProvidersInterface() {
    assertThat(descriptor().exports())
        .allMatch(exported -> !exported.isQualified())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrder("dev.ophion", "dev.ophion.spi");
    assertThat(descriptor().isOpen()).isFalse();
    assertThat(descriptor().opens()).isEmpty();
  }

  @Test
  void requires_onlyJspecify() {
    assertThat(descriptor().requires())
        .extracting(ModuleDescriptor.Requires::name)
        .containsExactlyInAnyOrder("java.base", "org.jspecify");
  }

  @Test
  void everyException_isAnOphionException() {
    Stream.of(
            StartException.class,
            PythonException.class,
            PythonExitException.class,
            PythonGroupException.class,
            PythonSyntaxException.class,
            PackageNotLoadableException.class,
            NotTransferableException.class,
            InterpreterClosedException.class,
            CallCancelledException.class,
            CloseTimeoutException.class,
            SharedMemoryException.class)
        .forEach(type -> assertThat(OphionException.class).isAssignableFrom(type));
  }
}
