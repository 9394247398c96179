package dev.ophion.bridge.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PreloadingTest {

  /** Where classes were moved or renamed, rename them in first-classes.txt too. */
  @Test
  void list_namesClassesThatAreThere() throws IOException {
    List<String> names = list();
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      try {
        Class.forName(name, false, Preloading.class.getClassLoader());
      } catch (ClassNotFoundException e) {
        missing.add(name);
      }
    }
    assertThat(missing).as("gone from the class path, but in " + Preloading.LIST).isEmpty();
    assertThat(names).doesNotHaveDuplicates().contains(HostedPython.class.getName());
  }

  private static List<String> list() throws IOException {
    try (InputStream in = Preloading.class.getResourceAsStream(Preloading.LIST)) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
  }
}
