package dev.ophion.bridge.runtime;

import dev.ophion.ClosePolicy;
import dev.ophion.CloseTimeoutException;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.PackageReport;
import dev.ophion.Python;
import dev.ophion.PythonEnvironment;
import dev.ophion.PythonOptions;
import dev.ophion.RuntimeMetrics;
import dev.ophion.bridge.cache.CacheFolders;
import dev.ophion.bridge.copies.CopyCache;
import dev.ophion.bridge.copies.CopyException;
import dev.ophion.bridge.copies.CopyRules;
import dev.ophion.bridge.distribution.Distribution;
import dev.ophion.bridge.distribution.DistributionCache;
import dev.ophion.bridge.environment.EnvironmentResolver;
import dev.ophion.bridge.environment.ResolvedEnvironment;
import dev.ophion.bridge.image.ImageConfig;
import dev.ophion.bridge.image.ImageFiles;
import dev.ophion.bridge.image.ImageSlots;
import dev.ophion.bridge.image.Images;
import dev.ophion.bridge.interpreter.Closer;
import dev.ophion.bridge.interpreter.Closing;
import dev.ophion.bridge.interpreter.HostedInterpreter;
import dev.ophion.bridge.interpreter.InterpreterRegistry;
import dev.ophion.bridge.log.LazyLogger;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.report.PackageReporter;
import dev.ophion.bridge.waiting.Deadline;
import dev.ophion.bridge.waiting.Timeouts;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The runtime. Thread-safe. */
final class HostedPython implements Python {

  private enum State {
    OPEN,
    CLOSING,
    CLOSED
  }

  /** How long an interpreter that only waits for lent memory may take the caller's time. */
  private static final Duration GRACE = Duration.ofMillis(200);

  private static final LazyLogger LOG = LazyLogger.of(HostedPython.class);

  private final PythonOptions options;
  private final CacheFolders folders;
  private final Distribution distribution;
  private final ResolvedEnvironment environment;
  private final Images images;
  private final InterpreterRegistry interpreters;
  private final ShutdownHook shutdownHook;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private final AtomicBoolean finishesLater = new AtomicBoolean();

  /** Lets nobody register an interpreter behind a close. */
  private final Object door = new Object();

  private HostedPython(
      PythonOptions options,
      CacheFolders folders,
      Distribution distribution,
      ResolvedEnvironment environment,
      Images images) {
    this.options = options;
    this.folders = folders;
    this.distribution = distribution;
    this.environment = environment;
    this.images = images;
    interpreters = Upcalling.registry();
    shutdownHook = new ShutdownHook(interpreters, timeouts().exit(), options.shutdownHook());
  }

  static HostedPython start(PythonOptions options) {
    Preloading.begin();
    CacheFolders folders = CacheFolders.of(options);
    Distribution distribution = DistributionCache.obtain(folders.distribution());
    ResolvedEnvironment environment =
        EnvironmentResolver.resolve(options.environment(), distribution, folders.environments());
    Natives.load(folders.distribution());
    LeaseTable.trace(options.traceLeases());
    Upcalling.install();
    ImageConfig config =
        new ImageConfig(
            distribution.home(),
            environment.executable(),
            searchPaths(options, distribution),
            options.useEnvironment(),
            options.userSite());
    CopyRules rules = CopyRules.builtIn().with(options.privateLibraries());
    CopyCache copies = CopyCache.open(folders.copies(), distribution.libpython(), rules);
    prune(copies, options.maximumCopiesBytes());
    Images images = Images.start(config, new ImageFiles(copies));
    HostedPython started = new HostedPython(options, folders, distribution, environment, images);
    started.shutdownHook.install();
    return started;
  }

  /** What is too much stays where it cannot be removed: a filled cache may be read-only. */
  private static void prune(CopyCache copies, long maximumBytes) {
    if (maximumBytes == Long.MAX_VALUE) {
      return;
    }
    try {
      copies.prune(maximumBytes);
    } catch (CopyException failure) {
      LOG.get().debug("The copies in {} were not pruned", copies.folder(), failure);
    }
  }

  private static List<Path> searchPaths(PythonOptions options, Distribution distribution) {
    List<Path> paths = new ArrayList<>(options.pythonPath());
    String environment = System.getenv("PYTHONPATH");
    if (options.useEnvironment() && environment != null) {
      for (String entry : environment.split(File.pathSeparator, -1)) {
        if (!entry.isEmpty()) {
          paths.add(Path.of(entry).toAbsolutePath());
        }
      }
    }
    paths.add(distribution.stdlib());
    paths.add(distribution.stdlib().resolve("lib-dynload"));
    return paths;
  }

  private Timeouts timeouts() {
    return Timeouts.of(options.closeTimeout(), options.shutdownHook());
  }

  PythonOptions options() {
    return options;
  }

  Images images() {
    return images;
  }

  boolean isClosing() {
    return state.get() == State.CLOSING;
  }

  boolean isClosed() {
    return state.get() == State.CLOSED;
  }

  /** Names what has not ended. */
  String describe() {
    return interpreters.all().stream()
        .map(interpreter -> interpreter.name() + ": " + interpreter.state())
        .collect(Collectors.joining(", "));
  }

  @Override
  public String version() {
    return distribution.version();
  }

  @Override
  public Path executable() {
    return environment.executable();
  }

  @Override
  public Interpreter newInterpreter(InterpreterOptions interpreterOptions) {
    Isolation isolation = interpreterOptions.isolation().orElse(options.isolation());
    requireOpen();
    Optional<PythonEnvironment> own = interpreterOptions.environment();
    Path executable = (own.isPresent() ? resolve(own.get()) : environment).executable();
    HostedInterpreter interpreter;
    synchronized (door) {
      requireOpen();
      interpreter =
          interpreters.add(
              images.of(isolation, executable), isolation, interpreterOptions, timeouts());
    }
    interpreter.start();
    if (state.get() != State.OPEN) {
      // The runtime was closed meanwhile.
      interpreter.close();
      requireOpen();
    }
    return interpreter;
  }

  /** Other interpreters may be made meanwhile: this may take pip's time. */
  private ResolvedEnvironment resolve(PythonEnvironment wanted) {
    return wanted.equals(options.environment())
        ? environment
        : EnvironmentResolver.resolve(wanted, distribution, folders.environments());
  }

  private void requireOpen() {
    if (state.get() != State.OPEN) {
      throw new InterpreterClosedException(
          "The runtime is closed: start another one with Python.start().");
    }
  }

  @Override
  public RuntimeMetrics metrics() {
    Map<Isolation, Long> open =
        interpreters.all().stream()
            .collect(Collectors.groupingBy(Interpreter::isolation, Collectors.counting()));
    return new RuntimeMetrics(
        open.getOrDefault(Isolation.SUBINTERPRETER, 0L).intValue(),
        open.getOrDefault(Isolation.IMAGE, 0L).intValue(),
        ImageSlots.retired(),
        LeaseTable.openLeases(),
        LeaseTable.openBytes(Lease.Kind.PYTHON),
        LeaseTable.openBytes(Lease.Kind.JAVA),
        LeaseTable.openBytes(Lease.Kind.RUNTIME),
        images.copiesSizeBytes());
  }

  @Override
  public List<Interpreter> interpreters() {
    return List.copyOf(interpreters.all());
  }

  @Override
  public List<PackageReport> packageReport(Collection<String> names) {
    return report(environment, names);
  }

  @Override
  public List<PackageReport> packageReport(PythonEnvironment wanted, Collection<String> names) {
    return report(resolve(wanted), names);
  }

  private List<PackageReport> report(ResolvedEnvironment reported, Collection<String> names) {
    return new PackageReporter(reported, folders, options.privateLibraries()).report(names);
  }

  @Override
  public void close() {
    if (isLeftToAnotherThread(Closer::begin, this::close)) {
      return;
    }
    Deadline deadline = Deadline.in(options.closeTimeout());
    List<HostedInterpreter> open = beginClose(Closer::begin);
    requireAll(await(open, Closing.Goal.LENT_OR_ENDED, options.closeTimeout(), deadline));
    boolean hasEnded = await(open, Closing.Goal.ENDED, GRACE, Deadline.in(GRACE)).isEmpty();
    reportLeases();
    if (hasEnded) {
      finish();
    } else {
      finishLater(open);
    }
  }

  @Override
  public void close(Duration timeout) {
    Deadline.requireValid(timeout);
    close(Closer::begin, timeout);
  }

  @Override
  public void close(ClosePolicy policy, Duration timeout) {
    Objects.requireNonNull(policy, "the policy is null");
    Deadline.requireValid(timeout);
    close(closer -> closer.begin(policy, timeout), timeout);
  }

  private void close(Consumer<Closer> begin, Duration timeout) {
    if (isLeftToAnotherThread(begin, () -> close(Closer::begin, timeout))) {
      return;
    }
    Deadline deadline = Deadline.in(timeout);
    requireAll(await(beginClose(begin), Closing.Goal.ENDED_BY_COLLECTOR, timeout, deadline));
    reportLeases();
    finish();
  }

  /** Memory that is lent is in use, or forgotten; only who lent it can tell. */
  private void reportLeases() {
    // Shared memory needs no runtime.
    Optional<String> lent = LeaseTable.describeAllBut(Lease.Kind.RUNTIME);
    if (lent.isPresent() && options.traceLeases()) {
      LOG.get().warn("The runtime was closed while memory is lent: {}", lent.get());
    } else if (lent.isPresent()) {
      LOG.get()
          .info(
              "The runtime was closed while memory is lent: {}. PythonOptions.traceLeases shows where"
                  + " it was taken",
              lent.get());
    }
  }

  /** A carrier cannot wait for its own end. */
  private boolean isLeftToAnotherThread(Consumer<Closer> begin, Runnable close) {
    if (!interpreters.isCarrier(Thread.currentThread())) {
      return false;
    }
    beginClose(begin);
    startCloser(close);
    return true;
  }

  private static void startCloser(Runnable close) {
    Thread closer = new Thread(close, "ophion-close");
    closer.setDaemon(true);
    closer.start();
  }

  private List<HostedInterpreter> beginClose(Consumer<Closer> begin) {
    synchronized (door) {
      state.compareAndSet(State.OPEN, State.CLOSING);
    }
    List<HostedInterpreter> open = interpreters.all();
    open.forEach(interpreter -> begin.accept(interpreter.closer()));
    return open;
  }

  /** Waits for all of them at the same time. */
  private static List<CloseTimeoutException> await(
      List<HostedInterpreter> open, Closing.Goal goal, Duration timeout, Deadline deadline) {
    List<Closing> closings =
        open.stream().map(interpreter -> interpreter.closer().closing(goal, timeout)).toList();
    return Closing.await(closings, timeout, deadline);
  }

  private static void requireAll(List<CloseTimeoutException> late) {
    if (late.isEmpty()) {
      return;
    }
    CloseTimeoutException all =
        new CloseTimeoutException(
            "The runtime has not closed, since %d of its interpreters did not: %s"
                .formatted(
                    late.size(),
                    late.stream().map(Throwable::getMessage).collect(Collectors.joining("; "))));
    late.forEach(all::addSuppressed);
    throw all;
  }

  /** Lent memory may stay lent for as long as somebody can reach a view of it. */
  private void finishLater(List<HostedInterpreter> open) {
    if (finishesLater.compareAndSet(false, true)) {
      startCloser(
          () -> {
            Duration forever = ChronoUnit.FOREVER.getDuration();
            await(open, Closing.Goal.ENDED, forever, Deadline.in(forever));
            finish();
          });
    }
  }

  /** Several closers may come here; CPython ends once. */
  private synchronized void finish() {
    if (state.get() == State.CLOSED || !interpreters.all().isEmpty()) {
      return;
    }
    shutdownHook.remove();
    images.stop();
    state.set(State.CLOSED);
  }
}
