package dev.ophion.hosted.misuse;

import dev.ophion.Python;
import dev.ophion.PythonOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The main class of a JVM that exits while its threads and its shutdown hooks misuse things. */
final class MisusingJvm {

  static final int CODE = 7;

  private static final int FAILED = 3;
  private static final int THREADS = 3;
  private static final long SECONDS = 3;
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(1_500);

  private MisusingJvm() {}

  /**
   * Exits.
   *
   * @param arguments whether the runtime closes interpreters, and the first seed
   */
  public static void main(String... arguments) throws InterruptedException {
    boolean closes = Boolean.parseBoolean(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    Python runtime =
        Python.start(
            PythonOptions.builder().closeTimeout(CLOSE_TIMEOUT).shutdownHook(closes).build());
    Things things = new Things(runtime, null, "");
    long never = System.nanoTime() + TimeUnit.DAYS.toNanos(1);
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(misuser(things, seed + i, never));
      thread.setDaemon(true);
      thread.start();
      Runtime.getRuntime().addShutdownHook(inHook(things, seed + THREADS + i));
    }
    // So much has been done by then that something of every kind is under way.
    misuser(things, seed - 1, System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS)).run();
    System.exit(CODE);
  }

  private static Thread inHook(Things things, long seed) {
    return new Thread(
        () -> misuser(things, seed, System.nanoTime() + TimeUnit.SECONDS.toNanos(1)).run());
  }

  private static Runnable misuser(Things things, long seed, long deadlineNanos) {
    Misuser misuser = new Misuser(things, seed, deadlineNanos);
    return () -> {
      try {
        misuser.run();
      } catch (Throwable failure) {
        failure.printStackTrace();
        Runtime.getRuntime().halt(FAILED);
      }
    };
  }
}
