package dev.ophion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OptionsTest {

  @Test
  void pythonOptions_sameValues_areEqual() {
    PythonOptions one = PythonOptions.builder().addPythonPath(Path.of("x")).userSite(true).build();
    PythonOptions two = PythonOptions.builder().addPythonPath(Path.of("x")).userSite(true).build();
    assertThat(one).isEqualTo(two).hasSameHashCodeAs(two).isNotEqualTo(PythonOptions.defaults());
    assertThat(one.pythonPath()).containsExactly(Path.of("x").toAbsolutePath());
  }

  @Test
  void pythonOptions_closeTimeoutNotPositive_isRefused() {
    assertThatThrownBy(() -> PythonOptions.builder().closeTimeout(Duration.ZERO).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0S");
  }

  @Test
  void interpreterOptions_blankNameOrTinyStack_isRefused() {
    assertThatThrownBy(() -> InterpreterOptions.builder().name(" ").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blank");
    assertThatThrownBy(() -> InterpreterOptions.builder().stackSizeBytes(1000).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1000")
        .hasMessageContaining("524288");
  }

  @Test
  void maximumCopiesBytes_negative_isRefused() {
    assertThatThrownBy(() -> PythonOptions.builder().maximumCopiesBytes(-1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }

  @Test
  void isolation_unknownProperty_namesThePossibleOnes() {
    System.setProperty(PythonOptions.ISOLATION_PROPERTY, "process");
    try {
      assertThatThrownBy(PythonOptions::builder)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("process")
          .hasMessageContaining("IMAGE");
    } finally {
      System.clearProperty(PythonOptions.ISOLATION_PROPERTY);
    }
  }

  @Test
  void traceLeases_byProperty_isTheDefault() {
    assertThat(PythonOptions.defaults().traceLeases()).isFalse();
    System.setProperty(PythonOptions.TRACE_LEASES_PROPERTY, "true");
    try {
      assertThat(PythonOptions.defaults().traceLeases()).isTrue();
      assertThat(PythonOptions.builder().traceLeases(false).build().traceLeases()).isFalse();
    } finally {
      System.clearProperty(PythonOptions.TRACE_LEASES_PROPERTY);
    }
  }

  @Test
  void keywords_givenTwice_isRefused() {
    assertThatThrownBy(() -> Keywords.of("a", 1).and("a", 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a'");
  }

  @Test
  void keywords_ofAMap_isACopyInOrder() {
    Map<String, Object> map = new HashMap<>(Map.of("a", 1));
    Keywords keywords = Keywords.of(map).and("b", null);
    map.put("c", 3);
    assertThat(keywords.values()).containsOnlyKeys("a", "b");
  }

  @Test
  void tuple_andFrozenSet_equalTheirCollectionsAndAreUnmodifiable() {
    assertThat(Tuple.of(1, null, "x")).isEqualTo(Arrays.asList(1, null, "x"));
    assertThat(FrozenSet.of(1, 2, 1)).isEqualTo(Set.of(1, 2));
    assertThatThrownBy(() -> Tuple.of(1).add(2)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> FrozenSet.of(1).remove(1))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
