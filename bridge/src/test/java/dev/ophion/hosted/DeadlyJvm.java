package dev.ophion.hosted;

import dev.ophion.Interpreter;
import dev.ophion.OphionException;
import dev.ophion.Python;
import java.util.List;

/** Python calls that end their process, each in turn; prints what became of it. */
final class DeadlyJvm {

  static final String END = "still alive";

  private static final String PRELUDE =
      """
      import ctypes, fcntl, os, resource, signal, sys, threading, _thread
      libc = ctypes.CDLL(None)
      class Number:
          def __init__(self, *values): self.values = list(values)
          def __index__(self): return self.values.pop() if self.values[1:] else self.values[0]
      """;

  /** None reaches another process, should it pass: the JVM has a session of its own. */
  static final List<String> CALLS =
      List.of(
          "signal.alarm(1)",
          "signal.setitimer(signal.ITIMER_REAL, 0.01)",
          "signal.raise_signal(signal.SIGSEGV)",
          "signal.raise_signal(signal.SIGINT)",
          "signal.raise_signal(Number(signal.SIGTERM))",
          "signal.raise_signal(signal.SIGHUP)",
          "signal.raise_signal(signal.SIGUSR1)",
          "signal.raise_signal(signal.SIGUSR2)",
          "signal.raise_signal(signal.SIGSTOP)",
          "signal.raise_signal(signal.SIGRTMIN + 3)",
          "os.kill(os.getpid(), signal.SIGABRT)",
          "os.kill(os.getpid(), signal.SIGINT)",
          "os.kill(Number(os.getpid()), Number(9))",
          "os.kill(os.getpid(), Number(0, 9))",
          "os.kill(0, signal.SIGKILL)",
          "os.kill(-os.getpgrp(), signal.SIGTERM)",
          "os.kill(threading.get_native_id(), signal.SIGKILL)",
          "os.killpg(0, signal.SIGTERM)",
          "os.killpg(os.getpgrp(), signal.SIGKILL)",
          "signal.pidfd_send_signal(os.pidfd_open(os.getpid()), signal.SIGINT)",
          "signal.pidfd_send_signal(os.pidfd_open(os.getpid()), 9, None, 0)",
          "signal.pidfd_send_signal(os.open('/proc/self', os.O_RDONLY), 9)",
          "signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)",
          "os._exit(3)",
          "os.abort()",
          "libc.abort()",
          "libc._exit(3)",
          "libc['exit'](3)",
          "libc['raise'](2)",
          "libc['raise'](ctypes.c_int(2))",
          "libc.kill(os.getpid(), 9)",
          "libc.killpg(0, 9)",
          "libc.pthread_kill(ctypes.c_ulong(threading.get_ident()), 15)",
          "libc.tgkill(os.getpid(), threading.get_native_id(), 9)",
          "libc.syscall(231, 3)",
          "libc.syscall(62, os.getpid(), 9)",
          "libc.alarm(1)",
          "libc.prctl(1, 9)",
          "libc.execv(b'/bin/false', (ctypes.c_char_p * 2)(b'false', None))",
          "ctypes.pythonapi.Py_Exit(3)",
          "ctypes.CFUNCTYPE(None, ctypes.c_int)(('_exit', libc))(3)",
          "ctypes.PyDLL(None)._exit(3)",
          "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))",
          "resource.setrlimit(resource.RLIMIT_AS, (10**8, resource.RLIM_INFINITY))",
          "resource.setrlimit(resource.RLIMIT_DATA, (10**7, resource.RLIM_INFINITY))",
          "resource.prlimit(0, resource.RLIMIT_CPU, (1, 1))",
          "fcntl.fcntl(os.open('/tmp', os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_CREATE)",
          "fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, os.getpid())",
          "fcntl.fcntl(os.pipe()[0], fcntl.F_SETFL, os.O_ASYNC)",
          "sys.remote_exec(os.getpid(), '/dev/null')");

  private DeadlyJvm() {}

  /** Runs them in a nested interpreter if the argument is {@code true}. */
  public static void main(String... arguments) {
    boolean nested = Boolean.parseBoolean(arguments[0]);
    try (Python python = Python.start();
        Interpreter interpreter = python.newInterpreter("deadly")) {
      interpreter.exec(PRELUDE);
      if (nested) {
        interpreter.exec("from concurrent import interpreters; inner = interpreters.create()");
        interpreter.call("inner.exec", PRELUDE);
      }
      for (String call : CALLS) {
        System.out.println(call + ": " + outcome(interpreter, call, nested));
      }
      // It has a handler that prints the stacks of threads, unless the JVM has none at all.
      boolean dumps = !System.getProperty("deadly.reduced", "false").equals("true");
      String dump = "os.kill(os.getpid(), signal.SIGQUIT)";
      System.out.println(dump + ": " + (dumps ? "refused" : outcome(interpreter, dump, nested)));
    }
    System.out.println(END);
  }

  private static String outcome(Interpreter interpreter, String call, boolean nested) {
    try {
      if (nested) {
        interpreter.call("inner.exec", call);
      } else {
        interpreter.exec(call);
      }
      return "passed";
    } catch (OphionException refusal) {
      return String.valueOf(refusal.getMessage()).replace('\n', ' ');
    }
  }
}
