package dev.ophion.bridge.runtime;

import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.bridge.image.Image;
import dev.ophion.bridge.interpreter.InterpreterRegistry;

/** Lets tests of other packages look behind the API. */
public final class TestRuntime {

  private TestRuntime() {}

  public static Image image() {
    return ((HostedPython) Python.start())
        .images()
        .of(Isolation.SUBINTERPRETER, Python.start().executable());
  }

  public static InterpreterRegistry registry() {
    return Upcalling.registry();
  }
}
