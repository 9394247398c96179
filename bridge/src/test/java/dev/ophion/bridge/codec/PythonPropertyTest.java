package dev.ophion.bridge.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Values go to Python and come back equal, and Python sees what it should. */
final class PythonPropertyTest {

  // start() runs before every test.
  @SuppressWarnings("NullAway.Init")
  private static Python python;

  @SuppressWarnings("NullAway.Init")
  private static Interpreter interpreter;

  @BeforeContainer
  static void start() {
    python = Python.start();
    interpreter = python.newInterpreter("values");
    interpreter.exec(
        """
        import datetime
        EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        def same(x): return x
        def text(x): return str(x)
        def code_points(x): return [ord(c) for c in x]
        def micros(x): return (x - EPOCH) // datetime.timedelta(microseconds=1)
        def iso(x): return x.isoformat()
        def seconds(x): return x // datetime.timedelta(microseconds=1)
        def both(x): return {"value": x, "repr": repr(x), "list": [x, (x,)]}
        """);
  }

  @AfterContainer
  static void stop() {
    interpreter.close();
    python.close();
  }

  @Property(tries = 500)
  void same_anyScalar_comesBackEqual(@ForAll("scalars") Object value) {
    assertThat(interpreter.call("same", value)).isEqualTo(value);
  }

  @Property(tries = 500)
  void same_nested_comesBackEqual(@ForAll("nested") Object value) {
    assertThat(interpreter.call("same", value)).isEqualTo(value);
  }

  @Property(tries = 200)
  void same_scalarAsKey_comesBackEqual(@ForAll("scalars") Object key) {
    Map<Object, Object> map = Map.of(key, List.of(key));
    assertThat(interpreter.call("same", map)).isEqualTo(map);
  }

  @Property(tries = 200)
  void both_scalar_arrivesInEveryPosition(@ForAll("scalars") Object value) {
    Map<?, ?> result = interpreter.call("both", Map.class, value);
    assertThat(Objects.requireNonNull(result).get("value")).isEqualTo(value);
    assertThat(result.get("list")).isEqualTo(List.of(value, List.of(value)));
  }

  @Property
  void text_integer_hasItsDigits(@ForAll("bigIntegers") BigInteger value) {
    assertThat(interpreter.call("text", value)).isEqualTo(value.toString());
  }

  @Property(tries = 300)
  void codePoints_text_areTheSame(@ForAll("texts") String value) {
    assertThat(interpreter.call("code_points", int[].class, value))
        .isEqualTo(value.codePoints().toArray());
  }

  @Property(tries = 300)
  void text_decimal_isTheSameNumber(@ForAll("decimals") BigDecimal value) {
    assertThat(new BigDecimal(interpreter.call("text", String.class, value))).isEqualTo(value);
  }

  @Property(tries = 300)
  void micros_zonedDateTime_isTheSameInstant(@ForAll("zonedDateTimes") ZonedDateTime value) {
    Instant instant = value.toInstant();
    assertThat(interpreter.call("micros", Long.class, value))
        .isEqualTo(instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000);
    assertThat(interpreter.call("same", value)).isEqualTo(value);
    assertThat(interpreter.call("same", Instant.class, value)).isEqualTo(instant);
    assertThat(interpreter.call("same", OffsetDateTime.class, instant))
        .isEqualTo(instant.atOffset(ZoneOffset.UTC));
  }

  @Property(tries = 300)
  void iso_dateTime_isTheSame(@ForAll("dateTimes") LocalDateTime value) {
    String text = interpreter.call("iso", String.class, value);
    assertThat(LocalDateTime.parse(text)).isEqualTo(value);
  }

  @Property(tries = 300)
  void seconds_duration_areTheSame(@ForAll("durations") Duration value) {
    BigInteger micros =
        BigInteger.valueOf(value.getSeconds())
            .multiply(BigInteger.valueOf(1_000_000))
            .add(BigInteger.valueOf(value.getNano() / 1000));
    assertThat(interpreter.call("seconds", BigInteger.class, value)).isEqualTo(micros);
  }

  @Property(tries = 200)
  void same_primitiveArrays_comeBackEqual(
      @ForAll double[] doubles,
      @ForAll long[] longs,
      @ForAll int[] ints,
      @ForAll short[] shorts,
      @ForAll float[] floats) {
    assertThat(interpreter.call("same", double[].class, (Object) doubles)).isEqualTo(doubles);
    assertThat(interpreter.call("same", long[].class, (Object) longs)).isEqualTo(longs);
    assertThat(interpreter.call("same", int[].class, (Object) ints)).isEqualTo(ints);
    assertThat(interpreter.call("same", short[].class, (Object) shorts)).isEqualTo(shorts);
    assertThat(interpreter.call("same", float[].class, (Object) floats)).isEqualTo(floats);
  }

  @Property(tries = 200)
  void same_bytes_comeBackEqual(@ForAll byte[] bytes) {
    assertThat(interpreter.call("same", byte[].class, (Object) bytes)).isEqualTo(bytes);
  }

  @Provide
  Arbitrary<BigInteger> bigIntegers() {
    return Values.bigIntegers();
  }

  @Provide
  Arbitrary<Object> scalars() {
    return Values.scalars();
  }

  @Provide
  Arbitrary<Object> nested() {
    return Values.nested();
  }

  @Provide
  Arbitrary<String> texts() {
    return Values.texts();
  }

  @Provide
  Arbitrary<BigDecimal> decimals() {
    return Values.decimals();
  }

  @Provide
  Arbitrary<ZonedDateTime> zonedDateTimes() {
    return Values.zonedDateTimes();
  }

  @Provide
  Arbitrary<LocalDateTime> dateTimes() {
    return Values.dateTimes();
  }

  @Provide
  Arbitrary<Duration> durations() {
    return Values.durations();
  }
}
