package dev.ophion.hosted;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.StartException;

/** Starts the runtime with an interpreter of each isolation; prints what came of it. */
final class StartingJvm {

  static final String STARTED = "started";
  static final String REFUSED = "StartException: ";

  private StartingJvm() {}

  public static void main(String[] arguments) {
    try (Python python = Python.start()) {
      for (Isolation isolation : Isolation.values()) {
        InterpreterOptions options =
            InterpreterOptions.builder().name("started " + isolation).isolation(isolation).build();
        try (Interpreter interpreter = python.newInterpreter(options)) {
          interpreter.exec("import json, asyncio, decimal, ctypes");
        }
      }
      System.out.println(STARTED);
    } catch (StartException refusal) {
      System.out.println(REFUSED + refusal.getMessage());
    }
  }
}
