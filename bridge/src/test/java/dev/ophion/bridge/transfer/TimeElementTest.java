package dev.ophion.bridge.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.DType;
import dev.ophion.DateUnit;
import dev.ophion.NdArray;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(NoLeftovers.class)
final class TimeElementTest {

  /** Loads the native library that knows addresses. */
  @BeforeAll
  static void load() {
    Python.start();
  }

  @ParameterizedTest
  @CsvSource({
    "M8[Y], -1970, 0000-01-01T00:00",
    "M8[Y], 54, 2024-01-01T00:00",
    "M8[M], -1, 1969-12-01T00:00",
    "M8[W], 1, 1970-01-08T00:00",
    ">M8[D], 19782, 2024-02-29T00:00",
    "M8[h], -1, 1969-12-31T23:00",
    "M8[m], 1, 1970-01-01T00:01",
    "M8[s], -1, 1969-12-31T23:59:59",
    "M8[25s], 2, 1970-01-01T00:00:50",
    "M8[ms], -1, 1969-12-31T23:59:59.999",
    ">M8[us], 1, 1970-01-01T00:00:00.000001",
    "M8[ns], -9223372036854775807, 1677-09-21T00:12:43.145224193",
    "M8[ns], 9223372036854775807, 2262-04-11T23:47:16.854775807",
    "M8[ps], -1000, 1969-12-31T23:59:59.999999999",
    "M8[fs], 1000000, 1970-01-01T00:00:00.000000001",
    "M8[as], 5000000000, 1970-01-01T00:00:00.000000005"
  })
  void date_isTheSameBothWays(String format, long count, LocalDateTime date) {
    try (NdArray array = TestArrays.of(DType.parse(format), 2)) {
      array.setLong(count, 1);
      assertThat(array.getDateTime(1)).isEqualTo(date);
      assertThat(array.get(1)).isEqualTo(date);
      array.setDateTime(date, 0);
      assertThat(array.getLong(0)).isEqualTo(count);
      array.setInstant(
          Instant.parse(date + (date.getSecond() == 0 && date.getNano() == 0 ? ":00Z" : "Z")), 0);
      assertThat(array.getLong(0)).isEqualTo(count);
      assertThat(array.getInstant(0)).isEqualTo(array.getInstant(1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "m8[W], -1, PT-168H",
    "m8[D], 2, PT48H",
    ">m8[7m], 3, PT21M",
    "m8[ms], -1500, PT-1.5S",
    "m8[ns], -9223372036854775807, PT-2562047H-47M-16.854775807S",
    "m8[as], -1000000000, PT-0.000000001S"
  })
  void duration_isTheSameBothWays(String format, long count, Duration duration) {
    try (NdArray array = TestArrays.of(DType.parse(format), 1)) {
      array.setLong(count, 0);
      assertThat(array.getDuration(0)).isEqualTo(duration);
      assertThat(array.get(0)).isEqualTo(duration);
      array.setLong(0, 0);
      array.setDuration(duration, 0);
      assertThat(array.getLong(0)).isEqualTo(count);
    }
  }

  @Test
  void notATime_isNull() {
    try (NdArray dates = TestArrays.of(DType.datetime64(DateUnit.NANOSECOND), 1);
        NdArray spans = TestArrays.of(DType.timedelta64(DateUnit.MONTH), 1)) {
      dates.setDateTime(null, 0);
      assertThat(dates.getLong(0)).isEqualTo(Long.MIN_VALUE);
      assertThat(dates.getDateTime(0)).isNull();
      assertThat(dates.getInstant(0)).isNull();
      spans.setDuration(null, 0);
      assertThat(spans.get(0)).isNull();
      spans.setLong(3, 0);
      assertThat(spans.get(0)).isEqualTo(3L);
      assertThatThrownBy(() -> spans.getDuration(0)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void whatDoesNotFitTheUnit_isRefused() {
    LocalDateTime second = LocalDateTime.of(2024, 1, 1, 0, 0, 1);
    for (String format : new String[] {"M8[Y]", "M8[M]", "M8[D]", "M8[7s]", "M8"}) {
      try (NdArray array = TestArrays.of(DType.parse(format), 1)) {
        assertThatThrownBy(() -> array.setDateTime(second, 0))
            .as(format)
            .isInstanceOf(ArithmeticException.class);
        assertThat(array.getLong(0)).isZero();
      }
    }
    try (NdArray nanos = TestArrays.of(DType.datetime64(DateUnit.NANOSECOND), 1);
        NdArray millis = TestArrays.of(DType.datetime64(DateUnit.MILLISECOND), 1);
        NdArray picos = TestArrays.of(DType.datetime64(DateUnit.PICOSECOND), 1);
        NdArray days = TestArrays.of(DType.datetime64(DateUnit.DAY), 1)) {
      assertThatThrownBy(() -> nanos.setDateTime(LocalDateTime.of(2263, 1, 1, 0, 0), 0))
          .isInstanceOf(ArithmeticException.class);
      assertThatThrownBy(() -> nanos.setInstant(Instant.MAX, 0))
          .isInstanceOf(ArithmeticException.class);
      assertThatThrownBy(() -> millis.setDateTime(second.plusNanos(1), 0))
          .isInstanceOf(ArithmeticException.class);
      picos.setLong(1, 0);
      assertThatThrownBy(() -> picos.getDateTime(0))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("getLong");
      days.setLong(Long.MAX_VALUE, 0);
      assertThatThrownBy(() -> days.getDateTime(0)).isInstanceOf(ArithmeticException.class);
      days.setLong(1L << 40, 0);
      assertThatThrownBy(() -> days.getDateTime(0))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("M8[D]");
      assertThatThrownBy(() -> days.getDuration(0)).isInstanceOf(IllegalStateException.class);
    }
  }
}
