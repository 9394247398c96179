package dev.ophion.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LabTest {

  @TempDir private Path folder;
  private Lab lab;

  @BeforeEach
  void open() throws IOException {
    lab = new Lab(false, folder);
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void probe_ofMemory_seesAnInterpreterGrow() throws IOException {
    assertThat(lab.probe(Probe.class, "memory"))
        .hasEntrySatisfying("memory_kib", kib -> positive(kib));
  }

  @Test
  void probe_ofTheFirstResult_givesBothTimes() throws IOException {
    assertThat(lab.probe(Probe.class, "first-result"))
        .containsOnlyKeys("runtime_ms", "jvm_ms")
        .allSatisfy((name, value) -> positive(value));
  }

  @Test
  void probe_ofImages_seesThemGrowAndStart() throws IOException {
    assertThat(lab.probe(ImageProbe.class, "memory-numpy"))
        .containsOnlyKeys("rss_kib", "pss_kib")
        .allSatisfy((name, value) -> positive(value));
    assertThat(lab.probe(ImageProbe.class, "start-numpy"))
        .hasEntrySatisfying("start_ms", ms -> positive(ms));
  }

  @Test
  void probe_ofParallelImages_givesTheRatio() throws IOException {
    assertThat(lab.probe(ImageProbe.class, "parallel", "1"))
        .hasEntrySatisfying("ratio", ratio -> positive(ratio));
  }

  @Test
  void probe_ofAColdCache_seesCopiesMade() throws IOException {
    assertThat(lab.probe(ImageProbe.class, "cold", folder.resolve("cache").toString()))
        .containsOnlyKeys("cold_ms", "warm_ms", "file_ms", "files")
        .hasEntrySatisfying("files", files -> assertThat(files).isGreaterThan(40));
  }

  @Test
  void jep_whereItCanBeHad_givesANumberEach() {
    Map<String, Double> numbers = new Peers(lab).jep();
    assumeFalse(numbers.isEmpty(), "Jep cannot be installed or run here");
    assertThat(numbers)
        .containsOnlyKeys(
            "int_ns",
            "to_java_ns",
            "heap_1000000_ns",
            "heap_100000000_ns",
            "direct_1000000_ns",
            "direct_100000000_ns")
        .allSatisfy((name, value) -> positive(value));
  }

  @Test
  void pemja_whereItCanBeHad_givesANumber() {
    Map<String, Double> numbers = new Peers(lab).pemja();
    assumeFalse(numbers.isEmpty(), "pemja cannot be installed or run here");
    assertThat(numbers).hasEntrySatisfying("int_ns", ns -> positive(ns));
  }

  @Test
  void numpyScript_ofTheWorkers_givesANumberEach() throws IOException {
    assertThat(lab.numpyScript("numpy_workers", "spawn"))
        .containsOnlyKeys("start_ms", "rss_kib", "pss_kib")
        .allSatisfy((name, value) -> positive(value));
  }

  @Test
  void script_ofTheCalls_givesANumberEach() throws IOException {
    assertThat(lab.script("calls"))
        .containsOnlyKeys("int_ns", "string_ns", "sum_ns")
        .allSatisfy((name, value) -> positive(value));
  }

  @Test
  void script_thatFails_namesItsLog() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> lab.script("transfers"))
        .withMessageContaining("ended with 1")
        .withMessageContaining(folder.resolve("transfers.log").toString());
  }

  @Test
  void json_ofARow_isWritten() {
    assertThat(lab.json(Map.of("rows", List.of(Map.of("measured", 1.5)))))
        .isEqualToIgnoringWhitespace("{\"rows\": [{\"measured\": 1.5}]}");
  }

  private static void positive(double value) {
    assertThat(value).isPositive();
  }
}
