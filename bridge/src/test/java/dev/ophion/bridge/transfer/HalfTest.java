package dev.ophion.bridge.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HalfTest {

  @Test
  void everyBitPattern_throughFloatAndBack_isTheSame() {
    for (int bits = 0; bits <= 0xFFFF; bits++) {
      boolean isNaN = (bits & 0x7FFF) > 0x7C00;
      // The CPU makes signalling NaNs quiet.
      short expected = (short) (isNaN ? bits | 0x200 : bits);
      short back = Half.of(Half.toFloat((short) bits));
      assertThat((short) (isNaN ? back | 0x200 : back))
          .as(Integer.toHexString(bits))
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3C00, 1",
    "C000, -2",
    "7BFF, 65504",
    "0400, 0x1p-14",
    "03FF, 6.097555160522461e-05",
    "0001, 0x1p-24",
    "8000, -0.0",
    "7C00, Infinity",
    "FC00, -Infinity",
    "3555, 0.333251953125"
  })
  void toFloat_knownPattern_isItsValue(String hex, double value) {
    assertThat(Half.toFloat((short) Integer.parseInt(hex, 16))).isEqualTo((float) value);
  }

  @ParameterizedTest
  @CsvSource({
    "65519.99, 7BFF",
    "65520, 7C00",
    "1.00048828125, 3C00",
    "1.00048828126, 3C01",
    "1.00146484375, 3C02",
    "0x1p-25, 0000",
    "0x1.0000000000001p-25, 0001",
    "0x1.8p-24, 0002",
    "-1e-320, 8000",
    "6.1035153e-05, 0400"
  })
  void of_betweenTwo_isTheNearestOrTheEvenOne(double value, String hex) {
    assertThat(Half.of(value)).isEqualTo((short) Integer.parseInt(hex, 16));
  }

  @Test
  void isOverflow_onlyForFiniteNumbers() {
    assertThat(Half.isOverflow(65520, Half.of(65520))).isTrue();
    assertThat(Half.isOverflow(65519, Half.of(65519))).isFalse();
    assertThat(Half.isOverflow(Double.NEGATIVE_INFINITY, Half.of(Double.NEGATIVE_INFINITY)))
        .isFalse();
    assertThat(Half.isOverflow(Double.NaN, Half.of(Double.NaN))).isFalse();
  }

  @Property
  void of_anyNumber_hasNoNeighbourThatIsNearer(
      @ForAll @DoubleRange(min = -65519, max = 65519) double value) {
    short half = Half.of(value);
    double error = Math.abs(Half.toFloat(half) - value);
    for (int step : new int[] {-1, 1}) {
      float neighbour = Half.toFloat((short) (half + step));
      if (Float.isFinite(neighbour)) {
        double other = Math.abs(neighbour - value);
        assertThat(error < other || (error == other && (half & 1) == 0)).isTrue();
      }
    }
  }
}
