package dev.ophion.bridge.interpreter;

import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.bridge.image.Image;
import dev.ophion.bridge.waiting.Timeouts;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The interpreters that have not ended, by number and by name. Thread-safe. */
public final class InterpreterRegistry {

  private final AtomicLong lastId = new AtomicLong();
  private final ConcurrentHashMap<Long, HostedInterpreter> byId = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, HostedInterpreter> byName = new ConcurrentHashMap<>();

  /** Makes an empty registry. */
  public InterpreterRegistry() {}

  /**
   * Makes an interpreter that is still to be started.
   *
   * @param image where it will live
   * @param isolation what {@code image} makes it
   * @param options how it is made
   * @param timeouts how long it is waited for
   * @return the interpreter; it takes itself out when it has ended
   * @throws IllegalArgumentException if its name is taken
   */
  public HostedInterpreter add(
      Image image, Isolation isolation, InterpreterOptions options, Timeouts timeouts) {
    return add(image, isolation, options, timeouts, true);
  }

  HostedInterpreter add(
      Image image,
      Isolation isolation,
      InterpreterOptions options,
      Timeouts timeouts,
      boolean ownGil) {
    long id = lastId.incrementAndGet();
    String name = options.name().orElse("python-" + id);
    InterpreterSetup setup = new InterpreterSetup(id, name, isolation, options, timeouts, ownGil);
    HostedInterpreter interpreter = new HostedInterpreter(this, image, setup);
    if (byName.putIfAbsent(name, interpreter) != null) {
      throw new IllegalArgumentException(
          "An interpreter that has not ended is named '%s': close it, wait for its end if its memory is still lent, or choose another name."
              .formatted(name));
    }
    byId.put(id, interpreter);
    return interpreter;
  }

  /**
   * Takes an interpreter out.
   *
   * @param interpreter one that has ended or never started
   */
  public void remove(HostedInterpreter interpreter) {
    byName.remove(interpreter.name(), interpreter);
    byId.remove(interpreter.id(), interpreter);
  }

  /**
   * Finds an interpreter.
   *
   * @param id its number
   * @return the interpreter, or {@code null} if it has ended
   */
  public @Nullable HostedInterpreter find(long id) {
    return byId.get(id);
  }

  /**
   * Returns all that have not ended.
   *
   * @return a snapshot
   */
  public List<HostedInterpreter> all() {
    return List.copyOf(byId.values());
  }

  /**
   * Returns whether a thread carries an interpreter.
   *
   * @param thread any thread
   * @return {@code true} for a carrier
   */
  public boolean isCarrier(Thread thread) {
    return byId.values().stream().anyMatch(interpreter -> interpreter.isCarriedBy(thread));
  }
}
