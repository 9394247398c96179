package dev.ophion.bridge.call;

import dev.ophion.bridge.carrier.Intake;
import dev.ophion.bridge.waiting.Timeouts;
import org.jspecify.annotations.Nullable;

/** The life of an interpreter as its calls see it. Thread-safe but for what is the carrier's. */
public interface Life {

  /** The door that its callers come through. Always the same. */
  Intake intake();

  /** What is to be given back on its carrier. Always the same. */
  Releases releases();

  /** How long it is waited for. */
  Timeouts timeouts();

  /** Whether code that runs on the carrier may make calls. On the carrier. */
  boolean takesNestedCalls();

  /** Why calls are cancelled instead of run, if they are. On the carrier. */
  @Nullable RuntimeException refusal();

  /** Whether it has ended. */
  boolean hasEnded();
}
