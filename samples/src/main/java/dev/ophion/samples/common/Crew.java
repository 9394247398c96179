package dev.ophion.samples.common;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Python;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Several interpreters that hold views of one table's columns and share work among them.
 *
 * <p><b>Threading:</b> thread-safe.
 *
 * <p><b>Ownership:</b> owns its interpreters and closes them; borrows the table.
 */
public final class Crew implements AutoCloseable {

  private final List<Interpreter> interpreters = new ArrayList<>();

  /**
   * Starts the interpreters, runs the source in all of them at the same time and hands them the
   * columns.
   *
   * @param python the runtime
   * @param table what they work on
   * @param members how each of them is made
   * @param source the sample's Python code
   * @throws IOException if the Python code that takes the columns cannot be read
   */
  public Crew(Python python, FlightTable table, List<InterpreterOptions> members, String source)
      throws IOException {
    String whole = Resources.source(Crew.class, "columns.py") + source;
    try {
      members.forEach(options -> interpreters.add(python.newInterpreter(options)));
      all(interpreter -> interpreter.async().exec(whole));
      for (Interpreter interpreter : interpreters) {
        for (Column column : table.columns()) {
          interpreter.call("take_column", column.name(), column.view());
        }
        interpreter.call("take_names", table.carriers(), table.routes());
      }
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  /**
   * One share of some work.
   *
   * @param <T> its result's class
   */
  @FunctionalInterface
  public interface Work<T> {

    /**
     * Begins a share.
     *
     * @param interpreter who does it; idle
     * @param share its number
     * @return its result, completed when the interpreter is idle again
     */
    CompletableFuture<T> begin(Interpreter interpreter, int share);
  }

  /**
   * Returns them all.
   *
   * @return in the order of the options
   */
  public List<Interpreter> interpreters() {
    return List.copyOf(interpreters);
  }

  /**
   * Lets all interpreters do something at the same time, and waits for them.
   *
   * @param task begins it in one of them
   */
  public void all(Function<Interpreter, CompletableFuture<?>> task) {
    await(interpreters.stream().map(task));
  }

  /**
   * Does all shares of some work: each interpreter takes the next one when it has finished one.
   *
   * @param workers how many of the interpreters take part
   * @param shares how many shares there are
   * @param work what a share is
   * @param <T> the class of a share's result
   * @return the results, by share
   */
  public <T> List<T> share(int workers, int shares, Work<T> work) {
    // Each element is written once, by who completes the share, and read after all have ended.
    @Nullable Object[] results = new Object[shares];
    AtomicInteger next = new AtomicInteger();
    await(
        interpreters.stream()
            .limit(workers)
            .map(interpreter -> takeShares(interpreter, next, results, work)));
    @SuppressWarnings("unchecked") // takeShares stores nothing else
    List<T> typed = (List<T>) Arrays.asList(results);
    return typed;
  }

  private static <T> CompletableFuture<Void> takeShares(
      Interpreter interpreter, AtomicInteger next, @Nullable Object[] results, Work<T> work) {
    int share = next.getAndIncrement();
    if (share >= results.length) {
      return CompletableFuture.completedFuture(null);
    }
    return work.begin(interpreter, share)
        .thenCompose(
            result -> {
              results[share] = result;
              return takeShares(interpreter, next, results, work);
            });
  }

  private static void await(Stream<? extends CompletableFuture<?>> futures) {
    CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new)).join();
  }

  @Override
  public void close() {
    interpreters.forEach(Interpreter::close);
  }
}
