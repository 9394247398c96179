package dev.ophion.bridge.interpreter;

import dev.ophion.CallCancelledException;
import dev.ophion.bridge.call.Life;
import dev.ophion.bridge.call.Releases;
import dev.ophion.bridge.carrier.Carrier;
import dev.ophion.bridge.carrier.Intake;
import dev.ophion.bridge.engine.EngineCalls;
import dev.ophion.bridge.image.Image;
import dev.ophion.bridge.memory.MemoryOwner;
import dev.ophion.bridge.output.OutputStreams;
import dev.ophion.bridge.waiting.Timeouts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the carrier does from the interpreter's beginning to its end, beside calls.
 *
 * <p>Methods of {@link Carrier.Duties} are confined to the carrier; the others are thread-safe.
 */
final class Lifecycle implements Carrier.Duties, Life {

  private final InterpreterSetup setup;
  private final Image image;
  private final OutputStreams output;
  private final Progress progress = new Progress();
  private final Releases releases = new Releases();
  private final Visitors visitors;
  private final MemoryOwner owner;
  private final Runnable onEnd;

  /** Python's name for the carrier ({@code _thread.get_ident()}); written by the carrier once. */
  private volatile long carrierIdent;

  /** Confined to the carrier, as the next two. */
  private @Nullable EngineCalls engine;

  private @Nullable Ending ending;

  private boolean hasRun;

  Lifecycle(
      InterpreterSetup setup, Image image, Visitors visitors, MemoryOwner owner, Runnable onEnd) {
    this.setup = setup;
    this.owner = owner;
    this.image = image;
    this.visitors = visitors;
    this.onEnd = onEnd;
    output = new OutputStreams(setup.options().stdout(), setup.options().stderr());
  }

  Progress progress() {
    return progress;
  }

  @Override
  public Intake intake() {
    return progress.intake();
  }

  @Override
  public Releases releases() {
    return releases;
  }

  @Override
  public Timeouts timeouts() {
    return setup.timeouts();
  }

  @Override
  public boolean takesNestedCalls() {
    return progress.stage().takesNestedCalls();
  }

  @Override
  public boolean hasEnded() {
    return progress.stage().isEnd();
  }

  OutputStreams output() {
    return output;
  }

  long carrierIdent() {
    return carrierIdent;
  }

  @Override
  public long begin() {
    try {
      long address = image.newInterpreter(setup.id(), setup.ownGil());
      EngineCalls calls = new EngineCalls(address);
      engine = calls;
      ending = new Ending(owner, setup.name(), progress, calls, image, visitors, output);
      return address;
    } catch (RuntimeException | Error failure) {
      neverBegan();
      throw failure;
    }
  }

  /**
   * There is no interpreter and none will come. On the carrier, or where it could not be started.
   */
  void neverBegan() {
    progress.beginClose(false, 0);
    ended();
  }

  @Override
  public void prepare() {
    try {
      prepare(calls());
      hasRun = true;
      progress.started();
    } catch (RuntimeException | Error failure) {
      // Start code may have begun threads, so this too ends in steps.
      progress.beginClose(false, setup.closeTimeout().toNanos() / 2);
      throw failure;
    }
  }

  private void prepare(EngineCalls calls) {
    carrierIdent = calls.number("_ophion_support.closing:carrier_ident");
    List<Path> paths = setup.options().pythonPath();
    for (int i = 0; i < paths.size(); i++) {
      calls.call("sys:path.insert", i, paths.get(i).toString());
    }
    calls.call(
        "_ophion_support.output:install", output.redirectsStdout(), output.redirectsStderr());
    if (setup.options().forwardsLogging()) {
      calls.call("_ophion_support.logs:install");
    }
    // From here on a close can interrupt it.
    RuntimeException refusal = refusal();
    if (refusal != null) {
      throw refusal;
    }
    Optional<String> startCode = setup.options().startCode();
    if (startCode.isPresent()) {
      calls.exec(startCode.get(), "<start>");
    }
  }

  @Override
  public boolean hasChores() {
    // What is let go of at the very end has ended with the interpreter.
    return !releases.isEmpty() && !isOver();
  }

  @Override
  public void doChores(Carrier carrier) {
    releases.drainTo(calls(), carrier);
  }

  @Override
  public @Nullable RuntimeException refusal() {
    if (progress.isCancelled()) {
      return new CallCancelledException(
          "The call was cancelled because the interpreter '%s' was closed with ClosePolicy.CANCEL."
              .formatted(setup.name()));
    }
    return null;
  }

  @Override
  public void callEnded() {
    progress.intake().leave();
  }

  @Override
  public boolean isWindingDown() {
    return progress.intake().isDrained();
  }

  @Override
  public boolean isClosing() {
    return progress.intake().isClosed();
  }

  @Override
  public boolean isOver() {
    return ending != null && ending.isOver();
  }

  @Override
  public long windDown() {
    if (ending == null) {
      throw new IllegalStateException("the interpreter has not begun");
    }
    long next = ending.step();
    if (next < 0) {
      ended();
    }
    return next;
  }

  private EngineCalls calls() {
    EngineCalls calls = engine;
    if (calls == null) {
      throw new IllegalStateException("the interpreter has not begun");
    }
    return calls;
  }

  /** Whoever sees the last stage finds the name free. Done again if something fails. */
  private void ended() {
    releases.forget();
    onEnd.run();
    progress.advance(hasRun ? Stage.CLOSED : Stage.FAILED);
    releases.forget(); // what was left before its thread could see that
  }
}
