package dev.ophion.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bench.Row.Bar;
import dev.ophion.bench.Row.Baseline;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RowTest {

  @Test
  void verdict_atTheLimit_isHeld() {
    assertThat(Bar.atMost(120).verdict(120)).isEqualTo("held");
    assertThat(Bar.atLeast(1.9).verdict(1.9)).isEqualTo("held");
  }

  @Test
  void verdict_behindTheLimit_saysByHowMuch() {
    assertThat(Bar.atMost(120).verdict(150)).isEqualTo("MISSED by 25 %");
    assertThat(Bar.atLeast(1.9).verdict(1)).isEqualTo("MISSED by 90 %");
  }

  @Test
  void verdict_withoutALimit_isEmpty() {
    assertThat(Bar.none().verdict(5)).isEmpty();
  }

  @Test
  void numbers_ofAnySize_keepThreeDigits() {
    assertThat(Numbers.plain(0.01234)).isEqualTo("0.0123");
    assertThat(Numbers.plain(1.234)).isEqualTo("1.23");
    assertThat(Numbers.plain(12345.6)).isEqualTo("12,346");
    assertThat(Numbers.plain(0)).isEqualTo("0");
  }

  @Test
  void table_ofARow_showsBaselineAndRatio() {
    Row row =
        new Row(
            "call", "ns", 100, Double.NaN, Bar.atMost(120), List.of(new Baseline("other", 250)));
    assertThat(Table.of(List.of(row)).lines())
        .last()
        .asString()
        .contains("| call ", "| 100 ", "| <= 120 ", "| held ", "other 250 (2.50x)");
  }

  @Test
  void map_ofAMissedRow_saysSo() {
    Row row = new Row("call", "ns", 130, 140, Bar.atMost(120), List.of());
    assertThat(row.toMap())
        .containsEntry("held", false)
        .containsEntry("measured", 130.0)
        .containsEntry("p90", 140.0);
  }
}
