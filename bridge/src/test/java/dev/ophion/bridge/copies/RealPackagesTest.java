package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.relocation.ElfFile;
import dev.ophion.bridge.relocation.RealFiles;
import dev.ophion.bridge.relocation.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** NumPy and pyarrow from PyPI, in an environment that is kept below {@code target}. */
final class RealPackagesTest {

  private static final Path ENVIRONMENT = Path.of("target", "copies-venv").toAbsolutePath();
  private static final Path SITE = ENVIRONMENT.resolve("lib/python3.14/site-packages");
  private static final Slot ONE = new Slot(1);

  private static final String USE =
      """
      import numpy as np
      a = np.arange(1_000_000, dtype=float).reshape(1000, 1000)
      print(f"numpy {np.linalg.norm(a @ a.T):.6e} {np.fft.fft(a[0]).real.sum():.3f}", flush=True)
      import pyarrow as pa
      import pyarrow.compute as pc
      import pyarrow.parquet as pq
      table = pa.table({"x": a[1], "y": [str(i % 7) for i in range(1000)]})
      sink = pa.BufferOutputStream()
      pq.write_table(table, sink)
      back = pq.read_table(pa.BufferReader(sink.getvalue()))
      print(f"pyarrow {back.equals(table)} {pc.sum(back['x']).as_py()}", flush=True)
      print(f"back {back['x'].to_numpy()[:3].tolist()}", flush=True)
      """;

  @TempDir Path temporary;
  private CopyCache cache;

  @BeforeAll
  static void install(@TempDir Path work) throws Exception {
    if (Files.exists(SITE.resolve("pyarrow")) && Files.exists(SITE.resolve("numpy"))) {
      return;
    }
    String python = RealFiles.DISTRIBUTION.executable().toString();
    Path log = work.resolve("log");
    Tools.Result made =
        Tools.run(log, Map.of(), List.of(python, "-m", "venv", ENVIRONMENT.toString()));
    assertThat(made.status()).as(made.output()).isZero();
    String pip = ENVIRONMENT.resolve("bin/python").toString();
    Tools.Result installed =
        Tools.run(
            log,
            Map.of(),
            List.of(pip, "-m", "pip", "install", "--only-binary=:all:", "numpy", "pyarrow"));
    Assumptions.assumeTrue(
        installed.status() == 0, "No package index can be reached: " + installed.output());
  }

  @BeforeEach
  void open() throws IOException {
    cache =
        CopyCache.open(
            temporary.toRealPath().resolve("cache"),
            RealFiles.libpython(),
            CopyRules.builtIn(),
            Clock.systemUTC());
  }

  @Test
  void numpyAndPyarrow_workInTwoImagesAtOnce() throws Exception {
    Tools.Result plain =
        Tools.run(
            temporary.resolve("plain"),
            Map.of(),
            List.of(ENVIRONMENT.resolve("bin/python").toString(), "-c", USE));
    assertThat(plain.status()).as(plain.output()).isZero();
    List<String> twice =
        plain.output().lines().flatMap(line -> Stream.of(line, line)).sorted().toList();
    assertThat(new Images(temporary.toRealPath(), cache).run(SITE, USE))
        .hasSize(6)
        .isEqualTo(twice);
  }

  @Test
  void pyarrow_isCopiedWithAllItsLibraries() throws Exception {
    for (Path module : modules("pyarrow")) {
      assertThat(cache.extension(module, ONE)).isNotEqualTo(module);
    }
    assertThat(names())
        .anyMatch(name -> name.startsWith("libarrow_python-"))
        .anyMatch(name -> name.startsWith("libarrow-"))
        .anyMatch(name -> name.startsWith("libparquet-"));
    Path copy = cache.library(SITE.resolve("pyarrow/libarrow_python.so.2600"), ONE);
    assertThat(ElfFile.read(copy).needed()).noneMatch(name -> name.startsWith("libarrow.so."));
  }

  @Test
  void numpy_namedAsARule_isCopiedWithItsLibraries() throws Exception {
    CopyCache ruled =
        CopyCache.open(
            temporary.toRealPath().resolve("other"),
            RealFiles.libpython(),
            CopyRules.builtIn().with(List.of("numpy")),
            Clock.systemUTC());
    Path module = modules("numpy/linalg").get(0);
    ElfFile plain = ElfFile.read(cache.extension(module, ONE));
    ElfFile copied = ElfFile.read(ruled.extension(module, ONE));
    assertThat(plain.needed())
        .anyMatch(name -> name.matches("libscipy_openblas64_-[0-9a-f]{8}\\.so"));
    assertThat(copied.needed())
        .anyMatch(
            name -> name.matches("libscipy_openblas64_-[0-9a-f]{8}-[0-9a-f]{16}-s00001\\.so"));
  }

  private static List<Path> modules(String folder) throws IOException {
    try (Stream<Path> files = Files.walk(SITE.resolve(folder))) {
      return files
          .filter(file -> file.toString().matches(".*\\.cpython-314-.*\\.so"))
          .sorted()
          .toList();
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(cache.folder())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
