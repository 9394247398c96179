package dev.ophion.samples.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.samples.common.Sharing;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OutcomeTest {

  private static final Model MODEL = new Model("XX", 100, 50, 12.5, 15.25, 0.25, "ab12");
  private static final List<Model> MODELS = List.of(MODEL);
  private static final Sharing SHARED = new Sharing(100, 0);

  @Test
  void parse_ofALine_isTheModelOfTheSameNumbers() {
    Model model = Model.parse("XX 100 50 12.5 15.25 0.25 ab12");

    assertThat(model).isEqualTo(MODEL);
    assertThat(Model.of("XX", model.values())).isEqualTo(MODEL);
  }

  @Test
  void isProved_withADifferenceOrACopy_isFalse() {
    List<Model> other = List.of(new Model("XX", 100, 50, 12.5, 15.25, 0.25, "ab13"));
    Sharing copied = new Sharing(90, 10);

    assertThat(new Outcome(MODELS, MODELS, MODELS, true, SHARED, SHARED).isProved()).isTrue();
    assertThat(new Outcome(other, MODELS, MODELS, true, SHARED, SHARED).isProved()).isFalse();
    assertThat(new Outcome(MODELS, other, MODELS, true, SHARED, SHARED).isProved()).isFalse();
    assertThat(new Outcome(MODELS, MODELS, MODELS, false, SHARED, SHARED).isProved()).isFalse();
    assertThat(new Outcome(MODELS, MODELS, MODELS, true, copied, SHARED).isProved()).isFalse();
    assertThat(new Outcome(MODELS, MODELS, MODELS, true, SHARED, copied).isProved()).isFalse();
  }

  @Test
  void equalToPlain_ofOtherPredictions_countsOnlyTheEqualOnes() {
    Model changed = new Model("YY", 100, 50, 12.5, 15.25, 0.25, "ab12");
    Outcome outcome = new Outcome(MODELS, MODELS, MODELS, true, SHARED, SHARED);

    assertThat(outcome.equalToPlain(MODELS)).isEqualTo(1);
    assertThat(outcome.equalToPlain(List.of(MODEL, changed))).isEqualTo(1);
    assertThat(outcome.equalToPlain(List.of(changed))).isZero();
  }
}
