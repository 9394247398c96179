package dev.ophion.bridge.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ModuleNamesTest {

  private static List<String> modules(String name, String... files) {
    return ModuleNames.of(new InstalledPackage(name, "1", Path.of("/site"), List.of(files)));
  }

  @Test
  void of_namesake_isTakenAlone() {
    assertThat(modules("setuptools", "setuptools/__init__.py", "pkg_resources/__init__.py"))
        .containsExactly("setuptools");
    assertThat(modules("Charset-Normalizer", "charset_normalizer/__init__.py", "81d__mypyc.so"))
        .containsExactly("charset_normalizer");
  }

  @Test
  void of_otherName_isFoundInTheFiles() {
    assertThat(modules("pillow", "PIL/__init__.py", "PIL/_imaging.cpython-314-x86_64-linux-gnu.so"))
        .containsExactly("PIL");
    assertThat(modules("PyYAML", "_yaml/__init__.py", "yaml/__init__.py")).containsExactly("yaml");
    assertThat(modules("python-dateutil", "dateutil/__init__.py", "dateutil/tz/__init__.py"))
        .containsExactly("dateutil");
  }

  @Test
  void of_namespacePackage_isTheFirstRealOneInIt() {
    assertThat(
            modules(
                "protobuf",
                "google/_upb/_message.abi3.so",
                "google/protobuf/__init__.py",
                "google/protobuf/util/__init__.py"))
        .containsExactly("google.protobuf");
  }

  @Test
  void of_singleModule_isIt() {
    assertThat(modules("six", "six.py", "six-1.dist-info/METADATA")).containsExactly("six");
    assertThat(modules("ujson", "ujson.cpython-314-x86_64-linux-gnu.so")).containsExactly("ujson");
  }

  @Test
  void of_onlyUnderscores_areTaken() {
    assertThat(modules("cffi-backend", "_cffi_backend.so")).containsExactly("_cffi_backend");
  }
}
