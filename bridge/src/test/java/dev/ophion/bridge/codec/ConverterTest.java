package dev.ophion.bridge.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ophion.EnumMember;
import dev.ophion.NotTransferableException;
import dev.ophion.Tuple;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConverterTest {

  enum Color {
    RED,
    BLUE
  }

  record Point(int x, Optional<Double> y) {}

  record Box<T>(T content, List<T> more) {}

  record Shelf(Box<List<Point>> box, Map<String, Color[]> colors, Set<Short> sizes) {}

  record Times(Set<Instant> at, Map<Instant, Integer> named) {}

  record Positive(long n) {
    Positive {
      if (n <= 0) {
        throw new IllegalArgumentException("not positive");
      }
    }
  }

  private final Loop loop = new Loop();

  @Test
  void through_smallerIntegers_convertExactlyOrNotAtAll() {
    assertThat(loop.through(127L, Byte.class)).isEqualTo((byte) 127);
    assertThat(loop.through(-32768L, Short.class)).isEqualTo((short) -32768);
    assertThat(loop.through(5L, int.class)).isEqualTo(5);
    assertThat(loop.through(5L, BigInteger.class)).isEqualTo(BigInteger.valueOf(5));
    assertThat(loop.through(1L << 53, Double.class)).isEqualTo(0x1p53);
    refused(128L, Byte.class, "result", "128 (java.lang.Long), which does not fit java.lang.Byte");
    refused(Long.MAX_VALUE, Double.class, "result", "does not fit java.lang.Double");
    refused((1L << 53) + 1, Double.class, "result", "does not fit java.lang.Double");
    refused(BigInteger.ONE.shiftLeft(64), Long.class, "result", "does not fit java.lang.Long");
    refused(0.1, Float.class, "result", "does not fit java.lang.Float");
    refused(1.0, Long.class, "result", "does not fit java.lang.Long");
    refused(true, Long.class, "result", "does not fit java.lang.Long");
  }

  @Test
  void through_none_fitsEverythingButPrimitives() {
    assertThat(loop.through(null, String.class)).isNull();
    assertThat(loop.through(null, Optional.class)).isEqualTo(Optional.empty());
    refused(null, int.class, "result", "None, which the primitive int cannot hold");
  }

  @Test
  void through_recordAndBack_isEqual() {
    assertThat(loop.through(new Point(1, Optional.of(2.0)), Point.class))
        .isEqualTo(new Point(1, Optional.of(2.0)));
    assertThat(loop.through(new Point(1, Optional.empty()), Point.class))
        .isEqualTo(new Point(1, Optional.empty()));
    assertThat(loop.through(Tuple.of(1, null), Point.class))
        .isEqualTo(new Point(1, Optional.empty()));
    assertThat(loop.through(new Point(1, Optional.empty())))
        .isInstanceOf(Map.class)
        .hasToString("{x=1, y=null}");
  }

  @Test
  void through_genericRecord_convertsToTheBottom() {
    Point point = new Point(1, Optional.of(2.0));
    Box<List<Point>> box = new Box<>(List.of(point), List.of(List.of(point), List.of()));
    Color[] colors = {Color.BLUE};
    Shelf shelf = new Shelf(box, Map.of("c", colors), Set.of((short) 3));
    Shelf back = (Shelf) loop.through(shelf, Shelf.class);
    assertThat(Objects.requireNonNull(back).box()).isEqualTo(box);
    assertThat(back.colors().get("c")).isEqualTo(colors);
    assertThat(back.sizes()).isEqualTo(Set.of((short) 3));
  }

  @Test
  void through_wrongNames_listsBoth() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("x", 1);
    map.put("z", 1);
    refused(map, Point.class, "result", "missing [y], unknown [z]");
    refused(Tuple.of(1), Point.class, "result", "1 elements", "2 components: [x, y]");
  }

  @Test
  void through_wrongComponent_namesThePath() {
    Map<String, Object> inner = Map.of("x", "one", "y", 2.0);
    Map<String, Object> box = Map.of("content", List.of(inner), "more", List.of());
    Map<String, Object> shelf = Map.of("box", box, "colors", Map.of(), "sizes", Set.of());
    refused(shelf, Shelf.class, "result.box.content[0].x", "does not fit int");
    Map<String, Object> badColor =
        Map.of(
            "box", Map.of("content", List.of(), "more", List.of()),
            "colors", Map.of("c", List.of("PINK")),
            "sizes", Set.of());
    refused(badColor, Shelf.class, "result.colors[\"c\"][0]", "no constant 'PINK'");
  }

  @Test
  void through_constructorThatThrows_saysWhat() {
    refused(Map.of("n", -1), Positive.class, "result", "IllegalArgumentException: not positive");
  }

  @Test
  void through_enums_goByName() {
    assertThat(loop.through(Color.RED)).isEqualTo("RED");
    assertThat(loop.through(Color.RED, Color.class)).isEqualTo(Color.RED);
    assertThat(Converter.convert(new EnumMember("m:C", "BLUE", 2L), Color.class))
        .isEqualTo(Color.BLUE);
    refused("PINK", Color.class, "result", "no constant 'PINK', it has [RED, BLUE]");
  }

  @Test
  void through_otherClasses_convert() {
    assertThat(loop.through(List.of(1, 2), int[].class)).isEqualTo(new int[] {1, 2});
    assertThat(loop.through(List.of(1, 2.5), double[].class)).isEqualTo(new double[] {1, 2.5});
    assertThat(loop.through(new boolean[] {true}, boolean[].class)).isEqualTo(new boolean[] {true});
    assertThat(loop.through(List.of("a"), String[].class)).isEqualTo(new String[] {"a"});
    assertThat(loop.through(ByteBuffer.wrap(new byte[] {1}), byte[].class))
        .isEqualTo(new byte[] {1});
    assertThat(loop.through("x", Character.class)).isEqualTo('x');
    assertThat(loop.through("a/b", Path.class)).isEqualTo(Path.of("a/b"));
    OffsetDateTime time = OffsetDateTime.of(2024, 1, 2, 3, 4, 5, 6000, ZoneOffset.ofHours(2));
    assertThat(loop.through(time, Instant.class)).isEqualTo(time.toInstant());
  }

  @Test
  void through_arrayWithWrongElement_namesItsIndex() {
    refused(List.of(1.0, "x"), double[].class, "result[1]", "does not fit double");
    refused(List.of(1, 1L << 40), int[].class, "result[1]", "does not fit int");
  }

  @Test
  void read_refusedValue_closesTheHandlesBeforeTheRefusal() {
    assertThatExceptionOfType(NotTransferableException.class)
        .isThrownBy(() -> loop.read(Object.class, ConverterTest::twoHandlesAndEqualKeys))
        .withMessageContaining("equal in Java");
    assertThat(loop.made).containsExactly(1L);
    assertThat(loop.closed).containsExactly(1L);
  }

  @Test
  void read_unfitValue_closesItsHandle() {
    assertThatExceptionOfType(NotTransferableException.class)
        .isThrownBy(() -> loop.read(String.class, out -> handle(out, 5)));
    assertThat(loop.closed).containsExactly(5L);
  }

  @Test
  void read_decimalThatNoBigDecimalHolds_isRefused() {
    assertThatExceptionOfType(NotTransferableException.class)
        .isThrownBy(
            () ->
                loop.read(
                    Object.class,
                    out -> {
                      out.u8(Tag.DECIMAL);
                      out.text("1E99999999999");
                    }))
        .withMessageContaining("does not fit a BigDecimal");
  }

  @Test
  void through_elementsThatBecomeEqual_areRefusedNotMerged() {
    OffsetDateTime noon = OffsetDateTime.parse("2026-01-01T12:00:00Z");
    OffsetDateTime same = OffsetDateTime.parse("2026-01-01T13:00:00+01:00");
    Map<String, Object> value = Map.of("at", Set.of(noon, same), "named", Map.of(noon, 1, same, 2));
    refused(
        Map.of("at", Set.of(noon, same), "named", Map.of()),
        Times.class,
        "result.at",
        "equal as java.time.Instant");
    refused(
        Map.of("at", Set.of(), "named", Map.of(noon, 1, same, 2)),
        Times.class,
        "result.named",
        "equal as java.time.Instant");
    assertThat(loop.through(value))
        .isEqualTo(Map.of("at", Set.of(noon, same), "named", Map.of(noon, 1L, same, 2L)));
  }

  private static void twoHandlesAndEqualKeys(Encoder out) {
    out.tagged(Tag.LIST, 3);
    handle(out, 1);
    out.tagged(Tag.SET, 2);
    out.text("same");
    out.text("same");
    handle(out, 2);
  }

  private static void handle(Encoder out, long id) {
    out.tagged(Tag.HANDLE, id);
    out.text("collections.deque");
  }

  private void refused(@Nullable Object value, Type wanted, String path, String... messages) {
    assertThatExceptionOfType(NotTransferableException.class)
        .isThrownBy(() -> loop.through(value, wanted))
        .withMessageContainingAll(messages)
        .satisfies(e -> assertThat(e.path()).isEqualTo(path));
  }
}
