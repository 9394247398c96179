package dev.ophion.samples.common;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The flights as columns in direct memory, and an index of their groups.
 *
 * <p>{@code carrier}, {@code route}, {@code month} and {@code delay} hold a value for each flight,
 * in the file's order. {@code row} holds the flights' numbers ordered by group, and {@code start}
 * where in {@code row} each group begins, with the end of the last one behind it.
 *
 * <p><b>Threading:</b> immutable once made, but for the probes of {@link Sharing}.
 */
public final class FlightTable {

  /** The delay of a flight that never left; the Python code knows it too. */
  public static final int CANCELLED = Short.MIN_VALUE;

  private static final String HEADER = "month,carrier,origin,dest,dep_delay";

  private final List<String> carriers;
  private final List<String> routes;
  private final Column carrier;
  private final Column route;
  private final Column month;
  private final Column delay;
  private final Column row;
  private final Column start;

  private FlightTable(String[] lines) {
    int flights = lines.length;
    carrier = Column.allocate("carrier", Column.Type.INT16, flights);
    route = Column.allocate("route", Column.Type.INT16, flights);
    month = Column.allocate("month", Column.Type.INT8, flights);
    delay = Column.allocate("delay", Column.Type.INT16, flights);
    Codes carrierCodes = new Codes();
    Codes routeCodes = new Codes();
    for (int flight = 0; flight < flights; flight++) {
      String[] fields = lines[flight].split(",", -1);
      month.put(flight, Integer.parseInt(fields[0]));
      carrier.put(flight, carrierCodes.codeOf(fields[1]));
      route.put(flight, routeCodes.codeOf(fields[2] + "-" + fields[3]));
      delay.put(flight, fields[4].equals("NA") ? CANCELLED : Integer.parseInt(fields[4]));
    }
    carriers = carrierCodes.names();
    routes = routeCodes.names();
    long[] ordered = orderByGroup(flights);
    row = Column.allocate("row", Column.Type.INT32, flights);
    start = Column.allocate("start", Column.Type.INT32, countGroups(ordered) + 1);
    fillIndex(ordered);
  }

  /**
   * Parses the flights.
   *
   * @param csv a header and a line for each flight
   * @return the table
   * @throws IOException if the header is another one
   */
  public static FlightTable parse(byte[] csv) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(new ByteArrayInputStream(csv), StandardCharsets.US_ASCII))) {
      String header = reader.readLine();
      if (!HEADER.equals(header)) {
        throw new IOException("The flights begin with %s, not %s.".formatted(header, HEADER));
      }
      return new FlightTable(reader.lines().toArray(String[]::new));
    }
  }

  public int flights() {
    return delay.sizeBytes() / Short.BYTES;
  }

  public int groups() {
    return start.sizeBytes() / Integer.BYTES - 1;
  }

  /**
   * Where a group begins in the order of groups; the number of flights for the group past the last.
   */
  public int startOf(int group) {
    return start.get(group);
  }

  public Group group(int number) {
    int member = row.get(start.get(number));
    return new Group(
        carriers.get(carrier.get(member)), routes.get(route.get(member)), month.get(member));
  }

  public List<String> carriers() {
    return carriers;
  }

  public List<String> routes() {
    return routes;
  }

  public List<Column> columns() {
    return List.of(carrier, route, month, delay, row, start);
  }

  /**
   * Returns a column.
   *
   * @param name its name in Python
   * @return the column
   * @throws NoSuchElementException if there is none of this name
   */
  public Column column(String name) {
    return columns().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  public long sizeBytes() {
    return columns().stream().mapToLong(Column::sizeBytes).sum();
  }

  private long[] orderByGroup(int flights) {
    long[] ordered = new long[flights];
    for (int flight = 0; flight < flights; flight++) {
      long group =
          ((long) carrier.get(flight) << 20) | (route.get(flight) << 4) | month.get(flight);
      ordered[flight] = group << 32 | flight;
    }
    Arrays.sort(ordered);
    return ordered;
  }

  private static int countGroups(long[] ordered) {
    return (int) Arrays.stream(ordered).map(entry -> entry >>> 32).distinct().count();
  }

  private void fillIndex(long[] ordered) {
    int group = 0;
    for (int position = 0; position < ordered.length; position++) {
      row.put(position, (int) ordered[position]);
      if (position == 0 || ordered[position] >>> 32 != ordered[position - 1] >>> 32) {
        start.put(group++, position);
      }
    }
    start.put(group, ordered.length);
  }
}
