package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import dev.ophion.Payload;
import dev.ophion.PythonObject;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times of pandas, and NumPy's arrays of dates and of records, whole or not at all. */
@Tag("packages")
@Timeout(300)
@ExtendWith(NoLeftovers.class)
final class PandasValuesTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python =
        PackageRuntime.open(
            "pandas", Isolation.IMAGE, "import numpy as np\nimport pandas as pd\nimport pickle");
  }

  @AfterEach
  void close() {
    python.close();
  }

  @Test
  void notATime_isNull() {
    assertThat(python.eval("pd.NaT")).isNull();
    assertThat(python.eval("pd.Timedelta('NaT')")).isNull();
    assertThat(python.eval("pickle.loads(pickle.dumps(pd.NaT))")).isNull();
    assertThat(python.eval("[pd.Timestamp(0), pd.NaT]"))
        .isEqualTo(Arrays.asList(LocalDateTime.of(1970, 1, 1, 0, 0), null));
  }

  @Test
  void nanoseconds_areKept() {
    assertThat(python.eval("pd.Timestamp('2026-01-02 03:04:05.123456789')"))
        .isEqualTo(LocalDateTime.of(2026, 1, 2, 3, 4, 5, 123_456_789));
    assertThat(python.eval("pd.Timestamp(-1)"))
        .isEqualTo(LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_999));
    assertThat(python.eval("pd.Timestamp('2026-07-02 03:04:05.000000001', tz='Europe/Berlin')"))
        .isEqualTo(ZonedDateTime.of(2026, 7, 2, 3, 4, 5, 1, ZoneId.of("Europe/Berlin")));
  }

  @ParameterizedTest
  @CsvSource({"1", "-1", "999", "1000", "-1001", "86400000000001", "-9223372036854775807"})
  void durations_keepTheirNanoseconds(long nanoseconds) {
    assertThat(python.eval("pd.Timedelta(" + nanoseconds + ")"))
        .isEqualTo(Duration.ofNanos(nanoseconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pd.Timestamp(np.datetime64('12345-01-01', 's'))",
        "pd.Timestamp(np.datetime64('-0100-01-01', 's'))"
      })
  void timestamp_beyondTheYearsOfDatetime_isAHandle(String expression) {
    try (PythonObject handle = (PythonObject) python.eval(expression)) {
      assertThat(handle.typeName()).contains("Timestamp");
    }
  }

  @Test
  void takenDates_areDates() {
    python.exec("dates = np.array(['2026-01-02', 'NaT'], 'M8[ns]')");
    try (NdArray array = python.take("dates")) {
      assertThat(array.dtype().format()).isEqualTo("M8[ns]");
      assertThat(array.getDateTime(0)).isEqualTo(LocalDateTime.of(2026, 1, 2, 0, 0));
      assertThat(array.getDateTime(1)).isNull();
    }
    assertThat(python.eval("'dates' in globals()")).isEqualTo(false);
    python.exec("records = np.zeros(2, [('t', 'm8[s]'), ('n', 'i2')]); records['n'] = 7");
    try (NdArray array = python.take("records")) {
      assertThat(array.dtype().format()).isEqualTo("T{<m8[s]:t:<h:n:}");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'names': ['a', 'b'], 'formats': ['i4', 'f8'], 'offsets': [8, 0]}|T{<d:b:<i:a:}",
        "{'names': ['a', 'b'], 'formats': ['>i4', 'M8[s]'], 'offsets': [12, 0], 'itemsize': 20}"
            + "|T{<M8[s]:b:4x>i:a:4x}",
        "[('}', 'i4'), ('T{', 'f8'), ('x y', 'i2')]|T{<i:}:<d:T{:<h:x y:}",
        "[('é', 'i4'), ('b', 'u1')]|T{<i:é:B:b:}"
      })
  void records_whateverTheirFieldsAreCalledAndLie_cross(String dtype, String format) {
    python.exec("a = np.zeros(3, " + dtype + "); a[a.dtype.names[0]] = 7; name = a.dtype.names[0]");
    try (NdArray array = (NdArray) python.eval("a[::2]");
        Interpreter other = PackageRuntime.open("other", Isolation.IMAGE, "")) {
      assertThat(array.dtype().format()).isEqualTo(format);
      other.set("a", array);
      assertThat(other.eval("a['" + python.eval("name") + "'].tolist()"))
          .isEqualTo(python.eval("a['" + python.eval("name") + "'][::2].tolist()"));
      other.exec("del a");
    }
    try (NdArray taken = python.take("a")) {
      assertThat(taken.dtype().format()).isEqualTo(format);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[('a:b', 'i4'), ('c', 'f8')]", "[('\\ud800', 'i4'), ('c', 'f8')]"})
  void records_whoseNamesNoFormatHolds_areHandlesAndNotTaken(String dtype) {
    python.exec("a = np.zeros(3, " + dtype + ")");
    try (PythonObject handle = (PythonObject) python.eval("a")) {
      assertThat(handle.typeName()).isEqualTo("numpy.ndarray");
    }
    python.exec("b = np.zeros(3, " + dtype + ")");
    assertThatThrownBy(() -> python.take("b").close())
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("shows no memory");
    try (Payload payload = python.dump("a");
        Interpreter other = PackageRuntime.open("other", Isolation.IMAGE, "")) {
      other.load("a", payload);
      assertThat(other.eval("a['c'].tolist()")).isEqualTo(python.eval("a['c'].tolist()"));
      other.exec("del a");
    }
  }
}
