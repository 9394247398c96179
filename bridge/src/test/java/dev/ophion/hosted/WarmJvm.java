package dev.ophion.hosted;

import dev.ophion.Python;

/** Starts the runtime and gets the first result. */
final class WarmJvm {

  /** Loaded when the result is there. */
  static final class Done {

    static final String TEXT = "the first result is there";

    private Done() {}

    static String text(Object result) {
      return TEXT + ": " + result;
    }
  }

  private WarmJvm() {}

  public static void main(String[] arguments) {
    try (Python python = Python.start()) {
      System.out.println(Done.text(python.newInterpreter("first").eval("6 * 7")));
    }
  }
}
