package dev.ophion.samples.models;

import dev.ophion.samples.common.Sharing;
import java.util.List;

/**
 * What a run of the sample found.
 *
 * @param one the models by one image
 * @param all the models by all images
 * @param plain the models by the plain Python process
 * @param samePlots whether its plot and the image's are the same file
 * @param columns what became of the columns' memory
 * @param predictions what became of the predictions' memory
 */
record Outcome(
    List<Model> one,
    List<Model> all,
    List<Model> plain,
    boolean samePlots,
    Sharing columns,
    Sharing predictions) {

  /** Whether all three agree to the last bit and nothing was copied. */
  boolean isProved() {
    return one.equals(plain)
        && all.equals(plain)
        && samePlots
        && columns.copiedBytes() == 0
        && predictions.copiedBytes() == 0;
  }

  /**
   * Returns how many models are the same, to the last bit, as the plain run's.
   *
   * @param models in the same order
   */
  long equalToPlain(List<Model> models) {
    return models.stream().filter(plain::contains).count();
  }
}
