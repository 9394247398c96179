package dev.ophion.samples.flights;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/** The sample's data and Python source on the class path. */
final class Resources {

  private Resources() {}

  /**
   * Reads a Python source.
   *
   * @param name the file's name
   * @return its text
   * @throws IOException if it is not there or cannot be read
   */
  static String source(String name) throws IOException {
    try (InputStream stream = open(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Reads the flights.
   *
   * @return the text of the CSV file, its header included
   * @throws IOException if it is not there or cannot be read
   */
  static byte[] flightsCsv() throws IOException {
    try (InputStream stream = new GZIPInputStream(open("flights.csv.gz"))) {
      return stream.readAllBytes();
    }
  }

  private static InputStream open(String name) throws IOException {
    InputStream stream = Resources.class.getResourceAsStream(name);
    if (stream == null) {
      throw new FileNotFoundException(
          "The resource " + name + " is missing: build the samples with Maven.");
    }
    return stream;
  }
}
