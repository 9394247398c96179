package dev.ophion.bridge.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Complex;
import dev.ophion.FrozenSet;
import dev.ophion.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What both sides of the wire write alike comes back as it was. */
final class LoopPropertyTest {

  private final Loop loop = new Loop();

  @Property
  void through_integer_comesBackAsLongOrBigInteger(@ForAll("bigIntegers") BigInteger value) {
    Object expected = value.bitLength() < 64 ? (Object) value.longValue() : value;
    assertThat(loop.through(value)).isEqualTo(expected);
    assertThat(loop.through(value, BigInteger.class)).isEqualTo(value);
  }

  @Property
  void through_text_comesBack(@ForAll("texts") String value) {
    assertThat(loop.through(value)).isEqualTo(value);
  }

  @Provide
  Arbitrary<BigInteger> bigIntegers() {
    return Values.bigIntegers();
  }

  @Provide
  Arbitrary<String> texts() {
    return Values.texts();
  }

  @Property
  void through_double_keepsItsBits(@ForAll double value) {
    assertThat(loop.through(value)).isEqualTo(value);
    assertThat(loop.through(new Complex(value, -value))).isEqualTo(new Complex(value, -value));
  }

  @Property
  void through_floatClass_keepsItsBits(@ForAll float value) {
    assertThat(loop.through(value, Float.class)).isEqualTo(value);
  }

  @Property
  void through_decimal_keepsItsScale(@ForAll BigDecimal value) {
    assertThat(loop.through(value)).isEqualTo(value);
  }

  @Property
  void through_bytesAndUuids_comeBack(@ForAll byte[] bytes, @ForAll long high, @ForAll long low) {
    assertThat(loop.through(bytes)).isEqualTo(bytes);
    assertThat(loop.through(new UUID(high, low))).isEqualTo(new UUID(high, low));
  }

  @Property
  void through_listOfLongs_comesBack(@ForAll List<Long> values) {
    assertThat(loop.through(values)).isEqualTo(values);
    long[] array = values.stream().mapToLong(Long::longValue).toArray();
    assertThat(loop.through(values, long[].class)).isEqualTo(array);
  }

  @Property
  void through_listOfDoubles_comesBack(@ForAll List<Double> values) {
    assertThat(loop.through(values)).isEqualTo(values);
    double[] array = values.stream().mapToDouble(Double::doubleValue).toArray();
    assertThat(loop.through(values, double[].class)).isEqualTo(array);
  }

  @Property
  void through_containers_comeBackInOrder(@ForAll List<String> keys, @ForAll List<Integer> values) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      String key = "k" + i;
      map.put(key, i < values.size() ? (Object) values.get(i).longValue() : List.of(key));
      map.put(Tuple.of(key, (long) i), new LinkedHashSet<>(List.of(key)));
      map.put(FrozenSet.of(key, true), Tuple.of(key, null));
    }
    Object back = loop.through(map);
    assertThat(back).isEqualTo(map);
    assertThat(new ArrayList<>(((Map<?, ?>) Objects.requireNonNull(back)).keySet()))
        .isEqualTo(new ArrayList<>(map.keySet()));
  }
}
