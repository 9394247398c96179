package dev.ophion.samples.models;

import dev.ophion.NdArray;
import java.util.List;
import java.util.Objects;

/**
 * A model and its predictions. The arrays are the memory of the image that fitted it; whoever
 * receives a fit closes it.
 *
 * @param model its numbers
 * @param predicted the predicted delays of the flights held out
 * @param truth their true delays
 */
record Fit(Model model, NdArray predicted, NdArray truth) implements AutoCloseable {

  /**
   * Makes one of what {@code fit_carrier} in {@code worker.py} returns.
   *
   * @param carrier two letters
   * @param parts the numbers and the two arrays
   */
  static Fit of(String carrier, List<?> parts) {
    return new Fit(
        Model.of(carrier, (List<?>) Objects.requireNonNull(parts.get(0))),
        (NdArray) Objects.requireNonNull(parts.get(1)),
        (NdArray) Objects.requireNonNull(parts.get(2)));
  }

  @Override
  public void close() {
    predicted.close();
    truth.close();
  }
}
