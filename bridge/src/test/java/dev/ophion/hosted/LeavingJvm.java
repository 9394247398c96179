package dev.ophion.hosted;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;

/** Lets threads of C end inside callbacks. */
final class LeavingJvm {

  private LeavingJvm() {}

  /**
   * Runs.
   *
   * @param arguments the isolation
   */
  public static void main(String... arguments) {
    Isolation isolation = Isolation.valueOf(arguments[0]);
    Interpreter python =
        Python.start().newInterpreter(InterpreterOptions.builder().isolation(isolation).build());
    python.exec(
        """
        import ctypes, time

        libc = ctypes.CDLL(None)
        kind = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
        libc.pthread_create.argtypes = [ctypes.c_void_p, ctypes.c_void_p, kind, ctypes.c_void_p]
        libc.pthread_join.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        libc.pthread_cancel.argtypes = [ctypes.c_void_p]
        libc.pthread_exit.argtypes = [ctypes.c_void_p]
        asleep = []

        @kind
        def leave(argument):
            libc.pthread_exit(7)

        @kind
        def sleep(argument):
            asleep.append(1)
            while True: time.sleep(1)

        def run(callback, cancels):
            thread = ctypes.c_void_p()
            result = ctypes.c_void_p()
            assert libc.pthread_create(ctypes.byref(thread), None, callback, None) == 0
            while cancels and not asleep: time.sleep(0.001)
            if cancels: assert libc.pthread_cancel(thread) == 0
            assert libc.pthread_join(thread, ctypes.byref(result)) == 0
            return result.value

        assert run(leave, False) == 7
        run(sleep, True)
        assert [i for i in range(1_000)][-1] == 999
        """);
    System.out.println("fine");
    // It does not end beside what the threads have left.
    Runtime.getRuntime().halt(0);
  }
}
