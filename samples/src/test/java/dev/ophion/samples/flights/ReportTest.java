package dev.ophion.samples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.samples.common.Group;
import dev.ophion.samples.common.Sharing;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReportTest {

  private static final Distribution SOME = new Distribution(4, 0.25, 10, 10, 30, 30, 0, 20);

  @Test
  void equalGroups_ofDifferentNumbers_countsOnlyTheEqualOnes() {
    Group first = new Group("XX", "JFK-SFO", 1);
    Group second = new Group("XX", "JFK-SFO", 2);
    Distribution other = new Distribution(4, 0.25, Math.nextUp(10.0), 10, 30, 30, 0, 20);

    assertThat(
            Report.equalGroups(
                Map.of(first, SOME, second, SOME), Map.of(first, SOME, second, other)))
        .isEqualTo(1);
  }

  @Test
  void isProved_withADifferenceOrACopy_isFalse() {
    Map<Group, Distribution> numbers = Map.of(new Group("XX", "JFK-SFO", 1), SOME);
    Sharing shared = new Sharing(100, 0);

    assertThat(new Outcome(numbers, numbers, numbers, shared).isProved()).isTrue();
    assertThat(new Outcome(numbers, Map.of(), numbers, shared).isProved()).isFalse();
    assertThat(new Outcome(numbers, numbers, numbers, new Sharing(90, 10)).isProved()).isFalse();
  }
}
