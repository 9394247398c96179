package dev.ophion;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** How an interpreter is made. Immutable. */
public final class InterpreterOptions {

  /** The smallest stack CPython 3.14 works with on a carrier, in bytes. */
  public static final long MIN_STACK_SIZE_BYTES = 512L * 1024;

  /** The default stack of a carrier, in bytes. */
  public static final long DEFAULT_STACK_SIZE_BYTES = 16L * 1024 * 1024;

  /** The default of {@link #startTimeout()}: endless start code ends in the end. */
  private static final Duration DEFAULT_START_TIMEOUT = Duration.ofMinutes(5);

  private final Optional<String> name;
  private final Optional<Isolation> isolation;
  private final long stackSizeBytes;
  private final Optional<PythonEnvironment> environment;
  private final List<Path> pythonPath;
  private final Optional<String> startCode;
  private final Output stdout;
  private final Output stderr;
  private final boolean forwardsLogging;
  private final ClosePolicy closePolicy;
  private final Duration startTimeout;
  private final OptionalInt maximumWaitingCalls;

  private InterpreterOptions(Builder builder) {
    name = Optional.ofNullable(builder.name);
    isolation = Optional.ofNullable(builder.isolation);
    stackSizeBytes = builder.stackSizeBytes;
    environment = Optional.ofNullable(builder.environment);
    pythonPath = List.copyOf(builder.pythonPath);
    startCode = Optional.ofNullable(builder.startCode);
    stdout = builder.stdout;
    stderr = builder.stderr;
    forwardsLogging = builder.forwardsLogging;
    closePolicy = builder.closePolicy;
    startTimeout = builder.startTimeout;
    maximumWaitingCalls =
        builder.maximumWaitingCalls == 0
            ? OptionalInt.empty()
            : OptionalInt.of(builder.maximumWaitingCalls);
  }

  /**
   * Returns a builder that holds the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The interpreter's name.
   *
   * @return the name, or empty for {@code python-N}
   */
  public Optional<String> name() {
    return name;
  }

  /**
   * How far it is apart from other interpreters.
   *
   * @return the isolation, or empty for {@link PythonOptions#isolation()}
   */
  public Optional<Isolation> isolation() {
    return isolation;
  }

  /**
   * The stack of the carrier.
   *
   * @return bytes
   */
  public long stackSizeBytes() {
    return stackSizeBytes;
  }

  /**
   * Where its packages come from.
   *
   * @return the environment, or empty for {@link PythonOptions#environment()}
   */
  public Optional<PythonEnvironment> environment() {
    return environment;
  }

  /**
   * Entries put in front of {@code sys.path}, before those of {@link PythonOptions#pythonPath()}.
   *
   * @return absolute paths
   */
  public List<Path> pythonPath() {
    return pythonPath;
  }

  /**
   * Code run in {@code __main__} before the interpreter is handed out.
   *
   * @return the source, or empty
   */
  public Optional<String> startCode() {
    return startCode;
  }

  /**
   * Where {@code sys.stdout} goes.
   *
   * @return {@link Output#inherit()} unless set
   */
  public Output stdout() {
    return stdout;
  }

  /**
   * Where {@code sys.stderr} goes.
   *
   * @return {@link Output#inherit()} unless set
   */
  public Output stderr() {
    return stderr;
  }

  /**
   * Whether the records of Python's {@code logging} go to SLF4J.
   *
   * @return {@code false} unless asked for
   */
  public boolean forwardsLogging() {
    return forwardsLogging;
  }

  /**
   * What closing does with calls that wait in the queue.
   *
   * @return {@link ClosePolicy#FINISH} unless set
   */
  public ClosePolicy closePolicy() {
    return closePolicy;
  }

  /**
   * How long {@link Python#newInterpreter(InterpreterOptions)} waits for the interpreter and its
   * start code.
   *
   * @return five minutes unless set
   */
  public Duration startTimeout() {
    return startTimeout;
  }

  /**
   * How many calls may wait while another one runs.
   *
   * @return the bound, or empty if there is none
   */
  public OptionalInt maximumWaitingCalls() {
    return maximumWaitingCalls;
  }

  /** Collects options. Not thread-safe. */
  public static final class Builder {

    private @Nullable String name;
    private @Nullable Isolation isolation;
    private long stackSizeBytes = DEFAULT_STACK_SIZE_BYTES;
    private @Nullable PythonEnvironment environment;
    private final List<Path> pythonPath = new ArrayList<>();
    private @Nullable String startCode;
    private Output stdout = Output.inherit();
    private Output stderr = Output.inherit();
    private boolean forwardsLogging;
    private ClosePolicy closePolicy = ClosePolicy.FINISH;
    private Duration startTimeout = DEFAULT_START_TIMEOUT;
    private int maximumWaitingCalls;

    private Builder() {}

    /**
     * Names the interpreter and its carrier.
     *
     * @param name not blank; unique among the open interpreters
     * @return this builder
     */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Says how far it is apart from other interpreters.
     *
     * @param isolation subinterpreter or image
     * @return this builder
     */
    public Builder isolation(Isolation isolation) {
      this.isolation = Objects.requireNonNull(isolation, "isolation");
      return this;
    }

    /**
     * Sets the stack of the carrier.
     *
     * <p>Python raises {@code RecursionError} before the stack ends: a quarter of it, or 5.5 MiB
     * from 8 MiB on, is kept for native code and for calls into Java, which look at no limit.
     * Native code that takes more at once ends the JVM, as it ends any process: solving equations
     * with NumPy takes up to 4.8 MiB where OpenBLAS has several threads, so a stack for it should
     * have 8 MiB.
     *
     * @param bytes at least {@link #MIN_STACK_SIZE_BYTES}
     * @return this builder
     */
    public Builder stackSizeBytes(long bytes) {
      stackSizeBytes = bytes;
      return this;
    }

    /**
     * Says where its packages come from, if not from {@link PythonOptions#environment()}. Its
     * {@code sys.path}, {@code sys.prefix} and {@code sys.executable} are those of this environment
     * then, and so are its child processes' packages. So one JVM can run several versions of a
     * package, compiled ones in {@link Isolation#IMAGE}.
     *
     * <p>The environment is looked at, and installed if need be, each time that an interpreter with
     * it is made, which installs nothing that is there already.
     *
     * <p>In {@link Isolation#SUBINTERPRETER}, CPython calls the initialization function ({@code
     * PyInit_...}) of an extension module in the main interpreter, which has the runtime's
     * environment; what a module does afterwards, such as importing others, sees its own.
     *
     * @param source an environment
     * @return this builder
     */
    public Builder environment(PythonEnvironment source) {
      environment = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Puts a folder or zip file in front of {@code sys.path}.
     *
     * @param entry the path; made absolute now
     * @return this builder
     */
    public Builder addPythonPath(Path entry) {
      pythonPath.add(entry.toAbsolutePath());
      return this;
    }

    /**
     * Runs this code in {@code __main__} first.
     *
     * @param source Python source
     * @return this builder
     */
    public Builder startCode(String source) {
      startCode = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Sends {@code sys.stdout} there.
     *
     * @param output where to
     * @return this builder
     */
    public Builder stdout(Output output) {
      stdout = Objects.requireNonNull(output, "output");
      return this;
    }

    /**
     * Sends {@code sys.stderr} there.
     *
     * @param output where to
     * @return this builder
     */
    public Builder stderr(Output output) {
      stderr = Objects.requireNonNull(output, "output");
      return this;
    }

    /**
     * Sends the records of Python's {@code logging} to SLF4J, each to the logger of its own name
     * ({@code root} to SLF4J's root) with its exception as a {@link PythonException}. Python's
     * levels from 40, 30, 20 and 10 on become error, warn, info and debug, those below trace. Which
     * are wanted is for SLF4J's configuration to say: Python's root logger has no level of its own
     * then, and a handler, so that {@code basicConfig} does nothing.
     *
     * <p>A record that is made while the same thread hands another one to SLF4J is dropped: an
     * appender that calls Python would go round for ever.
     *
     * @param forward {@code true} to send them
     * @return this builder
     */
    public Builder forwardLogging(boolean forward) {
      forwardsLogging = forward;
      return this;
    }

    /**
     * Says what closing does with calls that wait in the queue.
     *
     * @param policy finish or cancel them
     * @return this builder
     */
    public Builder closePolicy(ClosePolicy policy) {
      closePolicy = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Sets how long starting may take, start code included. When that has passed, start code is
     * interrupted as by {@link ClosePolicy#CANCEL}, and the start fails with what Python does. It
     * waits for one second more, so that the name is free again where the start code ends by that.
     *
     * @param timeout a positive duration
     * @return this builder
     */
    public Builder startTimeout(Duration timeout) {
      startTimeout = Objects.requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * Bounds how many calls may wait while another one runs; one more is refused with a {@link
     * QueueFullException}. Calls of other threads count, whether their threads wait for them or
     * not; calls that a running call makes do not. Without a bound, calls wait for as long as there
     * is memory: each takes what its arguments take and some 300 bytes.
     *
     * @param calls at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maximumWaitingCalls(int calls) {
      if (calls < 1) {
        throw new IllegalArgumentException(
            "maximumWaitingCalls is %d: take at least 1, or leave it out for no bound."
                .formatted(calls));
      }
      maximumWaitingCalls = calls;
      return this;
    }

    /**
     * Returns the options.
     *
     * @return immutable options
     * @throws IllegalArgumentException if the name is blank, the stack smaller than {@link
     *     #MIN_STACK_SIZE_BYTES}, or the start timeout not positive
     */
    public InterpreterOptions build() {
      if (name != null && name.isBlank()) {
        throw new IllegalArgumentException("The interpreter's name is blank: give it another one.");
      }
      if (stackSizeBytes < MIN_STACK_SIZE_BYTES) {
        throw new IllegalArgumentException(
            "stackSizeBytes is %d, but CPython needs at least %d."
                .formatted(stackSizeBytes, MIN_STACK_SIZE_BYTES));
      }
      if (startTimeout.isNegative() || startTimeout.isZero()) {
        throw new IllegalArgumentException("startTimeout must be positive, but is " + startTimeout);
      }
      return new InterpreterOptions(this);
    }
  }
}
