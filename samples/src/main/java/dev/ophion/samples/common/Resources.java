package dev.ophion.samples.common;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/** The samples' data and Python sources on the class path. */
public final class Resources {

  private Resources() {}

  /**
   * Reads Python sources that lie beside a class.
   *
   * @param owner the class
   * @param names the files' names
   * @return their texts, one behind the other
   * @throws IOException if one is not there or cannot be read
   */
  public static String source(Class<?> owner, String... names) throws IOException {
    StringBuilder source = new StringBuilder();
    for (String name : names) {
      try (InputStream stream = open(owner, name)) {
        source.append(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return source.toString();
  }

  /**
   * Reads the flights.
   *
   * @return the text of the CSV file, its header included
   * @throws IOException if it is not there or cannot be read
   */
  public static byte[] flightsCsv() throws IOException {
    try (InputStream stream = new GZIPInputStream(open(Resources.class, "flights.csv.gz"))) {
      return stream.readAllBytes();
    }
  }

  private static InputStream open(Class<?> owner, String name) throws IOException {
    InputStream stream = owner.getResourceAsStream(name);
    if (stream == null) {
      throw new FileNotFoundException(
          "The resource %s of %s is missing: build the samples with Maven."
              .formatted(name, owner.getPackageName()));
    }
    return stream;
  }
}
