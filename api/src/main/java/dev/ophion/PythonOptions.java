package dev.ophion;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the runtime starts. Immutable; two options are equal if all their values are. */
public final class PythonOptions {

  /**
   * The system property that names the default of {@link #isolation()}, {@code SUBINTERPRETER} or
   * {@code IMAGE}.
   */
  public static final String ISOLATION_PROPERTY = "dev.ophion.isolation";

  /** The system property that sets the default of {@link #traceLeases()}, {@code true} or not. */
  public static final String TRACE_LEASES_PROPERTY = "dev.ophion.traceLeases";

  /** The default of {@link #maximumCopiesBytes()}: some sets of large packages. */
  public static final long DEFAULT_MAXIMUM_COPIES_BYTES = 4L << 30;

  private final Optional<Path> cacheDirectory;
  private final Optional<Path> distributionDirectory;
  private final Optional<Path> environmentsDirectory;
  private final Optional<Path> copiesDirectory;
  private final PythonEnvironment environment;
  private final List<Path> pythonPath;
  private final Isolation isolation;
  private final Set<String> privateLibraries;
  private final long maximumCopiesBytes;
  private final boolean useEnvironment;
  private final boolean userSite;
  private final Duration closeTimeout;
  private final boolean traceLeases;
  private final boolean shutdownHook;

  private PythonOptions(Builder builder) {
    cacheDirectory = Optional.ofNullable(builder.cacheDirectory);
    distributionDirectory = Optional.ofNullable(builder.distributionDirectory);
    environmentsDirectory = Optional.ofNullable(builder.environmentsDirectory);
    copiesDirectory = Optional.ofNullable(builder.copiesDirectory);
    environment = builder.environment;
    pythonPath = List.copyOf(builder.pythonPath);
    isolation = builder.isolation;
    privateLibraries = Collections.unmodifiableSet(new LinkedHashSet<>(builder.privateLibraries));
    maximumCopiesBytes = builder.maximumCopiesBytes;
    useEnvironment = builder.useEnvironment;
    userSite = builder.userSite;
    closeTimeout = builder.closeTimeout;
    traceLeases = builder.traceLeases;
    shutdownHook = builder.shutdownHook;
  }

  /**
   * Returns the options that {@link Python#start()} uses.
   *
   * @return isolated from the user's environment, the per-user cache, ten seconds to close
   */
  public static PythonOptions defaults() {
    return builder().build();
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
   * Where everything is kept that has no folder of its own.
   *
   * @return the folder, or empty for the per-user cache
   */
  public Optional<Path> cacheDirectory() {
    return cacheDirectory;
  }

  /**
   * Where the embedded distribution and Ophion's own libraries are unpacked.
   *
   * @return the folder, or empty for {@link #cacheDirectory()}
   */
  public Optional<Path> distributionDirectory() {
    return distributionDirectory;
  }

  /**
   * Where environments are installed that name no folder themselves.
   *
   * @return the folder, or empty for {@code environments} in {@link #cacheDirectory()}
   */
  public Optional<Path> environmentsDirectory() {
    return environmentsDirectory;
  }

  /**
   * Where the copies of libraries are kept that images load.
   *
   * @return the folder, or empty for {@code copies} in {@link #cacheDirectory()}
   */
  public Optional<Path> copiesDirectory() {
    return copiesDirectory;
  }

  /**
   * Where packages come from in interpreters whose own options name no environment.
   *
   * @return {@link PythonEnvironment#embedded()} unless set
   */
  public PythonEnvironment environment() {
    return environment;
  }

  /**
   * Entries put in front of {@code sys.path} in every interpreter.
   *
   * @return absolute paths
   */
  public List<Path> pythonPath() {
    return pythonPath;
  }

  /**
   * The isolation of interpreters whose own options name none.
   *
   * @return {@link Isolation#SUBINTERPRETER} unless set here or by {@value #ISOLATION_PROPERTY}
   */
  public Isolation isolation() {
    return isolation;
  }

  /**
   * Libraries of which every {@link Isolation#IMAGE} gets its own copy although they do not use
   * Python.
   *
   * @return file names, patterns and packages, see {@link Builder#addPrivateLibrary}
   */
  public Set<String> privateLibraries() {
    return privateLibraries;
  }

  /**
   * How much the copies of libraries for images may take on disk when the runtime starts.
   *
   * @return bytes; {@link #DEFAULT_MAXIMUM_COPIES_BYTES} unless set
   */
  public long maximumCopiesBytes() {
    return maximumCopiesBytes;
  }

  /**
   * Whether {@code PYTHON*} environment variables are obeyed.
   *
   * @return {@code false} unless asked for
   */
  public boolean useEnvironment() {
    return useEnvironment;
  }

  /**
   * Whether the user's site directory ({@code ~/.local/lib/python3.14}) is on {@code sys.path}.
   *
   * @return {@code false} unless asked for
   */
  public boolean userSite() {
    return userSite;
  }

  /**
   * How long {@code close()} of the runtime and of an interpreter waits.
   *
   * @return a positive duration
   */
  public Duration closeTimeout() {
    return closeTimeout;
  }

  /**
   * Whether every lease on memory remembers where in Java it was taken, to be printed where memory
   * was not given back: when the garbage collector found what was not closed, when a close times
   * out, and when the runtime is closed while memory is lent. For debugging; costs a stack trace
   * for each array and buffer that crosses.
   *
   * @return {@code false} unless asked for here or by {@value #TRACE_LEASES_PROPERTY}
   */
  public boolean traceLeases() {
    return traceLeases;
  }

  /**
   * Whether interpreters that are open when the JVM exits are closed by a shutdown hook of the
   * runtime; see {@link Builder#shutdownHook}.
   *
   * @return {@code true} unless set
   */
  public boolean shutdownHook() {
    return shutdownHook;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PythonOptions that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "PythonOptions[cacheDirectory=%s, distributionDirectory=%s, environmentsDirectory=%s, copiesDirectory=%s, environment=%s, pythonPath=%s, isolation=%s, privateLibraries=%s, maximumCopiesBytes=%s, useEnvironment=%s, userSite=%s, closeTimeout=%s, traceLeases=%s, shutdownHook=%s]"
        .formatted(values().toArray());
  }

  private List<Object> values() {
    return List.of(
        cacheDirectory,
        distributionDirectory,
        environmentsDirectory,
        copiesDirectory,
        environment,
        pythonPath,
        isolation,
        privateLibraries,
        maximumCopiesBytes,
        useEnvironment,
        userSite,
        closeTimeout,
        traceLeases,
        shutdownHook);
  }

  /** Collects options. Not thread-safe. */
  public static final class Builder {

    private @Nullable Path cacheDirectory;
    private @Nullable Path distributionDirectory;
    private @Nullable Path environmentsDirectory;
    private @Nullable Path copiesDirectory;
    private PythonEnvironment environment = PythonEnvironment.embedded();
    private final List<Path> pythonPath = new ArrayList<>();
    private Isolation isolation = defaultIsolation();
    private final Set<String> privateLibraries = new LinkedHashSet<>();
    private long maximumCopiesBytes = DEFAULT_MAXIMUM_COPIES_BYTES;
    private boolean useEnvironment;
    private boolean userSite;
    private Duration closeTimeout = Duration.ofSeconds(10);
    private boolean traceLeases = Boolean.getBoolean(TRACE_LEASES_PROPERTY);
    private boolean shutdownHook = true;

    private Builder() {}

    /**
     * Keeps what is unpacked, installed and copied below this folder instead of the per-user cache,
     * which is the one that the system property {@code dev.ophion.cache} or else the environment
     * variable {@code OPHION_CACHE} names, or else {@code ophion} in {@code XDG_CACHE_HOME} or
     * {@code ~/.cache}. A JVM loads libpython from one folder: a runtime that is started later with
     * another is refused.
     *
     * <p>A cache that one run has filled serves any number of later ones where it cannot be
     * written, also in containers whose image holds it.
     *
     * @param directory a folder that only the user can write; created if missing
     * @return this builder
     */
    public Builder cacheDirectory(Path directory) {
      cacheDirectory = directory.toAbsolutePath();
      return this;
    }

    /**
     * Unpacks the embedded distribution and Ophion's own libraries below this folder, whatever
     * {@link #cacheDirectory} says. Without it, the system property {@code
     * dev.ophion.cache.distribution} and the environment variable {@code OPHION_CACHE_DISTRIBUTION}
     * do the same.
     *
     * @param directory a folder that only the user can write; created if missing
     * @return this builder
     */
    public Builder distributionDirectory(Path directory) {
      distributionDirectory = directory.toAbsolutePath();
      return this;
    }

    /**
     * Installs environments in this folder, whatever {@link #cacheDirectory} says. Without it, the
     * system property {@code dev.ophion.cache.environments} and the environment variable {@code
     * OPHION_CACHE_ENVIRONMENTS} do the same. An environment's own {@link
     * PythonEnvironment.Installed#withDirectory} goes first.
     *
     * @param directory a folder that only the user can write; created if missing
     * @return this builder
     */
    public Builder environmentsDirectory(Path directory) {
      environmentsDirectory = directory.toAbsolutePath();
      return this;
    }

    /**
     * Keeps the copies of libraries that images load in this folder, whatever {@link
     * #cacheDirectory} says. Without it, the system property {@code dev.ophion.cache.copies} and
     * the environment variable {@code OPHION_CACHE_COPIES} do the same.
     *
     * @param directory a folder that only the user can write; created if missing
     * @return this builder
     */
    public Builder copiesDirectory(Path directory) {
      copiesDirectory = directory.toAbsolutePath();
      return this;
    }

    /**
     * Says where packages come from in interpreters whose own options name no environment.
     *
     * @param source an environment, which these interpreters and their {@code sys.executable} see
     * @return this builder
     */
    public Builder environment(PythonEnvironment source) {
      environment = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Puts a folder or zip file in front of {@code sys.path} in every interpreter.
     *
     * @param entry the path; made absolute now
     * @return this builder
     */
    public Builder addPythonPath(Path entry) {
      pythonPath.add(entry.toAbsolutePath());
      return this;
    }

    private static Isolation defaultIsolation() {
      String named = System.getProperty(ISOLATION_PROPERTY, Isolation.SUBINTERPRETER.name());
      try {
        return Isolation.valueOf(named);
      } catch (IllegalArgumentException unknown) {
        throw new IllegalArgumentException(
            "The system property %s is '%s': set it to one of %s."
                .formatted(ISOLATION_PROPERTY, named, Arrays.toString(Isolation.values())),
            unknown);
      }
    }

    /**
     * Sets the isolation of interpreters whose own options name none.
     *
     * @param isolation subinterpreter or image
     * @return this builder
     */
    public Builder isolation(Isolation isolation) {
      this.isolation = Objects.requireNonNull(isolation, "isolation");
      return this;
    }

    /**
     * Gives every {@link Isolation#IMAGE} its own copy of a library that does not use Python
     * itself. Needed where the extension modules of a package register what they have in a library
     * that they share; PyTorch, TensorFlow and llvmlite are known.
     *
     * @param name a file name ({@code libfoo.so.1}), a glob pattern for one ({@code libfoo*}), or
     *     the import name of a package, for all of its libraries
     * @return this builder
     */
    public Builder addPrivateLibrary(String name) {
      privateLibraries.add(Objects.requireNonNull(name, "name"));
      return this;
    }

    /**
     * Removes, when the runtime starts, the copies of libraries that were not used for longest
     * until the rest takes no more than this. Copies that a running process uses stay.
     *
     * @param bytes not negative; {@link Long#MAX_VALUE} to remove nothing
     * @return this builder
     */
    public Builder maximumCopiesBytes(long bytes) {
      maximumCopiesBytes = bytes;
      return this;
    }

    /**
     * Obeys {@code PYTHON*} environment variables.
     *
     * @param use {@code true} to obey them
     * @return this builder
     */
    public Builder useEnvironment(boolean use) {
      useEnvironment = use;
      return this;
    }

    /**
     * Puts the user's site directory on {@code sys.path}.
     *
     * @param use {@code true} to use it
     * @return this builder
     */
    public Builder userSite(boolean use) {
      userSite = use;
      return this;
    }

    /**
     * Sets how long {@code close()} waits.
     *
     * @param timeout a positive duration
     * @return this builder
     */
    public Builder closeTimeout(Duration timeout) {
      closeTimeout = Objects.requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * Makes leases on memory remember where they were taken; see {@link
     * PythonOptions#traceLeases()}.
     *
     * @param trace {@code true} to remember
     * @return this builder
     */
    public Builder traceLeases(boolean trace) {
      traceLeases = trace;
      return this;
    }

    /**
     * Says who closes what is open when the JVM exits ({@code System.exit}, SIGTERM, SIGINT, the
     * end of the last thread that is no daemon). The JVM starts all shutdown hooks at the same
     * time, in no order.
     *
     * <p>With the runtime's own hook, the default, interpreters take no more calls from the first
     * moment of the exit, finish or cancel what they have as their {@link ClosePolicy} says, run
     * exit functions and end, in three seconds at most, or {@link #closeTimeout} if that is
     * shorter. A server that drains its requests in a hook of its own gets an {@link
     * InterpreterClosedException} for each call that is made meanwhile.
     *
     * <p>Without it nothing is closed until the program does so. Let one hook, or the framework's
     * own order of ending, do this, one after the other: take no more requests; wait for those that
     * are in flight, with a deadline; then {@link Python#close()}, or {@link
     * Python#close(ClosePolicy, Duration)}, which has one. What is open when the last hook has
     * ended ends with the process, without exit functions.
     *
     * <p>Either way no call holds up the exit for ever: one that is made while the JVM exits, and
     * whose turn or end does not come within these three seconds, or within {@link #closeTimeout}
     * without the hook, fails with {@link CallCancelledException}. Calls from before wait as ever,
     * and hold up nothing but who waits for them. {@code Runtime.halt} runs no hooks and waits for
     * nothing.
     *
     * @param close {@code false} to leave it to the program
     * @return this builder
     */
    public Builder shutdownHook(boolean close) {
      shutdownHook = close;
      return this;
    }

    /**
     * Returns the options.
     *
     * @return immutable options
     * @throws IllegalArgumentException if the close timeout is not positive, or maximumCopiesBytes
     *     is negative
     */
    public PythonOptions build() {
      if (closeTimeout.isNegative() || closeTimeout.isZero()) {
        throw new IllegalArgumentException("closeTimeout must be positive, but is " + closeTimeout);
      }
      if (maximumCopiesBytes < 0) {
        throw new IllegalArgumentException(
            "maximumCopiesBytes must not be negative, but is " + maximumCopiesBytes);
      }
      return new PythonOptions(this);
    }
  }
}
