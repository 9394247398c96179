package dev.ophion.samples.models;

import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.samples.common.Resources;
import dev.ophion.samples.common.Sharing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Lets one image draw what all of them have predicted, over their memory. */
final class Plot {

  private Plot() {}

  /**
   * Writes a PNG.
   *
   * @param interpreter an image of the crew
   * @param png the file
   * @param fits of any image
   * @return whether the image saw the other images' arrays in place
   * @throws IOException if the Python source cannot be read
   */
  static Sharing draw(Interpreter interpreter, Path png, List<Fit> fits) throws IOException {
    interpreter.exec(Resources.source(Plot.class, "plot.py"));
    interpreter.call(
        "draw",
        png,
        fits.stream().map(fit -> fit.model().carrier()).toList(),
        fits.stream().map(fit -> fit.model().values()).toList(),
        fits.stream().map(Fit::predicted).toList(),
        fits.stream().map(Fit::truth).toList());
    return sharing(interpreter, fits);
  }

  /** Compares where NumPy of this image sees each array with where it is. */
  private static Sharing sharing(Interpreter interpreter, List<Fit> fits) {
    List<NdArray> arrays =
        fits.stream().flatMap(fit -> Stream.of(fit.predicted(), fit.truth())).toList();
    List<?> seen = Objects.requireNonNull(interpreter.call("addresses", List.class, arrays));
    long shared = 0;
    long copied = 0;
    for (int index = 0; index < arrays.size(); index++) {
      NdArray array = arrays.get(index);
      if (((Number) seen.get(index)).longValue() == array.buffer().address()) {
        shared += array.buffer().sizeBytes();
      } else {
        copied += array.buffer().sizeBytes();
      }
    }
    return new Sharing(shared, copied);
  }
}
