package dev.ophion.bridge.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ophion.Keywords;
import dev.ophion.NotTransferableException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class EncoderRefusalTest {

  record Row(Object name) {}

  private final Loop loop = new Loop();

  @Test
  void value_loneSurrogateDeepInside_namesPathAndCodePoint() {
    Object value = Map.of("rows", List.of(1, 2, 3, new Row("\uD83D\uDE00x\uD800")));
    refused(value, "argument 0[\"rows\"][3].name", "lone surrogate U+D800 at code point 2");
  }

  @Test
  void value_loneSurrogateInShortText_isRefused() {
    refused("\uDC00", "argument 0", "U+DC00 at code point 0");
    refused('\uDC00', "argument 0", "U+DC00 at code point 0");
  }

  @Test
  void value_unknownClass_namesIt() {
    refused(List.of(new Thread()), "argument 0[0]", "java.lang.Thread has no counterpart");
  }

  @Test
  void value_listThatHoldsItself_namesWhere() {
    List<Object> list = new ArrayList<>();
    list.add(1);
    list.add(Map.of("back", list));
    refused(list, "argument 0[1][\"back\"]", "java.util.ArrayList holds itself");
  }

  @Test
  void value_500Levels_passesAnd501IsRefused() {
    Object value = List.of();
    for (int i = 1; i < 500; i++) {
      value = Arrays.asList(value);
    }
    assertThat(loop.through(value)).isEqualTo(value);
    refused(Arrays.asList(value), "argument 0" + "[0]".repeat(500), "deeper than 500 levels");
  }

  @Test
  void value_afterARefusal_worksAgain() {
    refused(List.of(List.of(new Thread())), "argument 0[0][0]", "no counterpart");
    List<Object> fine = List.of(List.of("x"));
    assertThat(loop.through(fine)).isEqualTo(fine);
  }

  @Test
  void value_finerThanMicroseconds_namesTruncatedTo() {
    refused(LocalTime.of(1, 2, 3, 1), "argument 0", "truncatedTo(ChronoUnit.MICROS)");
    refused(Duration.ofNanos(1), "argument 0", "truncatedTo(ChronoUnit.MICROS)");
  }

  @Test
  void value_yearsThatPythonLacks_areRefused() {
    refused(LocalDate.of(0, 1, 1), "argument 0", "years 1 to 9999");
    refused(LocalDate.of(10_000, 1, 1), "argument 0", "years 1 to 9999");
    refused(Instant.MAX, "argument 0", "years 1 to 9999");
    refused(Duration.ofDays(1_000_000_000), "argument 0", "timedelta holds 999999999 days");
  }

  @Test
  void value_mutableKey_isRefused() {
    Map<Object, Object> inner = new HashMap<>();
    refused(Map.of(inner, 1), "argument 0.keys()[0]", "cannot use as a dict's key");
    refused(Set.of(List.of(inner)), "argument 0{0}[0]", "cannot use as a dict's key");
    refused(Map.of(ByteBuffer.allocate(1), 1), "argument 0.keys()[0]", "bytearray");
    refused(Map.of(new int[1], 1), "argument 0.keys()[0]", "array.array");
  }

  @Test
  void arguments_keyword_isNamedInThePath() {
    loop.encoder.begin();
    Object[] arguments = {1, Keywords.of("rate", new Thread())};
    assertThatExceptionOfType(NotTransferableException.class)
        .isThrownBy(() -> loop.encoder.arguments(arguments))
        .satisfies(e -> assertThat(e.path()).isEqualTo("argument rate"));
  }

  @Test
  void value_hugeScale_isWrittenWithoutExpanding() {
    BigDecimal value = new BigDecimal("1E+2147483647");
    assertThat(loop.through(value)).isEqualTo(value);
  }

  private void refused(Object value, String path, String message) {
    loop.encoder.begin();
    assertThatExceptionOfType(NotTransferableException.class)
        .isThrownBy(() -> loop.encoder.value(value, "argument 0"))
        .withMessageContaining(message)
        .withMessageStartingWith(path + " cannot cross: ")
        .satisfies(e -> assertThat(e.path()).isEqualTo(path));
  }
}
