package dev.ophion.samples.common;

import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What was found out about the columns that the interpreters see.
 *
 * @param sharedBytes the size of all views that are proved to be Java's own memory
 * @param copiedBytes the size of all others
 */
public record Sharing(long sharedBytes, long copiedBytes) {

  /**
   * Proves for each interpreter and column that its view is Java's memory: Java changes an element
   * after the view was handed over, Python reads it and sees the change; and the view lies at one
   * and the same address in all interpreters.
   *
   * @param table whose columns they are; restored afterwards
   * @param interpreters those that hold views of it, idle
   * @return the sizes of what is shared and what is not
   */
  public static Sharing prove(FlightTable table, List<Interpreter> interpreters) {
    long shared = 0;
    long copied = 0;
    for (Column column : table.columns()) {
      Set<Long> addresses = new HashSet<>();
      for (Interpreter interpreter : interpreters) {
        addresses.add(address(interpreter, column));
        if (addresses.size() == 1 && seesChange(interpreter, column)) {
          shared += column.sizeBytes();
        } else {
          copied += column.sizeBytes();
        }
      }
    }
    return new Sharing(shared, copied);
  }

  private static long address(Interpreter interpreter, Column column) {
    String expression = "columns['%s']".formatted(column.name());
    try (NdArray view = Objects.requireNonNull(interpreter.eval(expression, NdArray.class))) {
      return view.buffer().address();
    }
  }

  private static boolean seesChange(Interpreter interpreter, Column column) {
    int original = column.get(0);
    int changed = original ^ 0x55;
    column.put(0, changed);
    try {
      return firstValue(interpreter, column) == changed;
    } finally {
      column.put(0, original);
    }
  }

  private static int firstValue(Interpreter interpreter, Column column) {
    return Objects.requireNonNull(interpreter.call("first_value", Integer.class, column.name()));
  }
}
