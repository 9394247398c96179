package dev.ophion.bridge.codec;

import dev.ophion.Complex;
import dev.ophion.FrozenSet;
import dev.ophion.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Values whose round trip through Python gives an equal value. */
final class Values {

  /** Zones whose rules Java and Python agree on: no change of them since 1980. */
  static final List<String> ZONES =
      List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC");

  private static final long FIRST_SECOND = Instant.parse("1980-01-01T00:00:00Z").getEpochSecond();
  private static final long LAST_SECOND = Instant.parse("2024-12-31T00:00:00Z").getEpochSecond();

  private Values() {}

  /** All of Unicode except surrogates, with many from each of Python's three widths. */
  static Arbitrary<String> texts() {
    Arbitrary<Integer> points =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 0x7F),
            Arbitraries.integers().between(0x80, 0xFF),
            Arbitraries.integers().between(0x100, 0xD7FF),
            Arbitraries.integers().between(0xE000, 0xFFFF),
            Arbitraries.integers().between(0x10000, 0x10FFFF));
    Arbitrary<Integer> narrow = Arbitraries.integers().between(0, 0xFF);
    return Arbitraries.oneOf(points.list().ofMaxSize(200), narrow.list().ofMaxSize(200))
        .map(
            list -> {
              StringBuilder text = new StringBuilder();
              list.forEach(text::appendCodePoint);
              return text.toString();
            });
  }

  /** Up to 2,400 bits, which Python's limit for str(int) still lets through. */
  static Arbitrary<BigInteger> bigIntegers() {
    return Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(300).map(BigInteger::new);
  }

  static Arbitrary<LocalDate> dates() {
    return Arbitraries.longs()
        .between(LocalDate.of(1, 1, 1).toEpochDay(), LocalDate.of(9999, 12, 31).toEpochDay())
        .map(LocalDate::ofEpochDay);
  }

  static Arbitrary<LocalTime> times() {
    return Arbitraries.longs()
        .between(0, 86_400_000_000L - 1)
        .map(micros -> LocalTime.ofNanoOfDay(micros * 1000));
  }

  static Arbitrary<LocalDateTime> dateTimes() {
    return Combinators.combine(dates(), times()).as(LocalDateTime::of);
  }

  static Arbitrary<ZoneOffset> offsets() {
    return Arbitraries.integers().between(-64_800, 64_800).map(ZoneOffset::ofTotalSeconds);
  }

  /** Half of them within two hours of a change of offset, where folds and gaps are. */
  static Arbitrary<ZonedDateTime> zonedDateTimes() {
    Arbitrary<Instant> instants =
        Arbitraries.longs().between(FIRST_SECOND, LAST_SECOND).map(Instant::ofEpochSecond);
    return Combinators.combine(
            instants,
            Arbitraries.of(ZONES),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(-7200, 7200))
        .as(
            (instant, key, near, seconds) -> {
              ZoneId zone = ZoneId.of(key);
              ZoneOffsetTransition change = zone.getRules().previousTransition(instant);
              if (!near || change == null || change.toEpochSecond() < FIRST_SECOND + 7200) {
                return instant.atZone(zone);
              }
              return change.getInstant().plusSeconds(seconds).atZone(zone);
            });
  }

  static Arbitrary<Duration> durations() {
    return Arbitraries.longs()
        .between(-999_999_999L * 86_400, 999_999_999L * 86_400)
        .flatMap(
            seconds ->
                Arbitraries.integers()
                    .between(0, 999_999)
                    .map(micros -> Duration.ofSeconds(seconds, micros * 1000L)));
  }

  /** What can be a key too. */
  static Arbitrary<Object> scalars() {
    return Arbitraries.oneOf(
        Arbitraries.longs().map(n -> (Object) n),
        bigIntegers().filter(n -> n.bitLength() > 63).map(n -> (Object) n),
        Arbitraries.of(true, false).map(b -> (Object) b),
        Arbitraries.doubles().map(d -> (Object) (d + 0.1)),
        texts().map(s -> (Object) s),
        Combinators.combine(Arbitraries.doubles(), Arbitraries.doubles()).as(Complex::new),
        dates().map(d -> (Object) d),
        times().map(t -> (Object) t),
        dateTimes().map(d -> (Object) d),
        zonedDateTimes().map(d -> (Object) d),
        Combinators.combine(dateTimes(), offsets()).as(OffsetDateTime::of),
        Combinators.combine(times(), offsets()).as(OffsetTime::of),
        durations().map(d -> (Object) d),
        decimals().map(d -> (Object) d),
        Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new));
  }

  static Arbitrary<BigDecimal> decimals() {
    return Combinators.combine(bigIntegers(), Arbitraries.integers().between(-1_000_000, 1_000_000))
        .as((BigInteger unscaled, Integer scale) -> new BigDecimal(unscaled, scale));
  }

  /** Nested containers; keys and elements are texts, since 1, 1.0 and true are equal in Python. */
  static Arbitrary<Object> nested() {
    return Arbitraries.recursive(
        () -> Arbitraries.oneOf(scalars(), Arbitraries.just((Object) "leaf").injectNull(0.5)),
        inner ->
            Arbitraries.oneOf(
                inner.list().ofMaxSize(4).map(list -> (Object) list),
                inner.list().ofMaxSize(4).map(list -> (Object) Tuple.copyOf(list)),
                texts().set().ofMaxSize(3).map(set -> (Object) FrozenSet.copyOf(set)),
                texts().set().ofMaxSize(3).map(set -> (Object) new LinkedHashSet<Object>(set)),
                Combinators.combine(texts().set().ofMaxSize(3), inner)
                    .as(
                        (keys, value) -> {
                          Map<Object, Object> map = new LinkedHashMap<>();
                          keys.forEach(key -> map.put(key, value));
                          return (Object) map;
                        })),
        0,
        4);
  }
}
