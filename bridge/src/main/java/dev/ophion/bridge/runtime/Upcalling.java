package dev.ophion.bridge.runtime;

import dev.ophion.bridge.image.ImageSlots;
import dev.ophion.bridge.interpreter.HostedInterpreter;
import dev.ophion.bridge.interpreter.InterpreterRegistry;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.natives.Host;
import dev.ophion.natives.Upcalls;
import org.jspecify.annotations.Nullable;

/** Answers native code for the life of the process, whichever runtime is current. */
final class Upcalling implements Upcalls {

  private static final InterpreterRegistry REGISTRY = new InterpreterRegistry();

  private Upcalling() {}

  static InterpreterRegistry registry() {
    return REGISTRY;
  }

  static void install() {
    Host.answerWith(new Upcalling());
  }

  @Override
  public boolean leaseAcquired(long lease) {
    return LeaseTable.acquire(lease);
  }

  @Override
  public void leaseDropped(long lease) {
    LeaseTable.drop(lease);
  }

  @Override
  public String relocated(long slot, String library, boolean isExtension) {
    return ImageSlots.relocated(slot, library, isExtension);
  }

  @Override
  public @Nullable String written(long interpreter, int stream, byte[] utf8) {
    HostedInterpreter found = REGISTRY.find(interpreter);
    return found == null ? null : found.written(stream, utf8);
  }

  @Override
  public boolean isLogged(long interpreter, int level, String logger) {
    HostedInterpreter found = REGISTRY.find(interpreter);
    return found != null && found.isLogged(level, logger);
  }

  @Override
  public @Nullable String logged(long interpreter, int level, byte[] entry) {
    HostedInterpreter found = REGISTRY.find(interpreter);
    return found == null ? null : found.logged(level, entry);
  }
}
