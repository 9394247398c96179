package dev.ophion.bridge.interpreter;

import dev.ophion.OphionException;
import dev.ophion.bridge.memory.LeaseTable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is said of an interpreter that does not end, and what interrupts it. Stateless. */
final class Reports {

  private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

  private static final Duration LOOK = Duration.ofSeconds(1);

  private Reports() {}

  /** Says what holds up the end. */
  static String late(
      HostedInterpreter owner,
      Duration timeout,
      Carrier carrier,
      Lifecycle lifecycle,
      Visitors visitors) {
    Lifecycle.Stage stage = lifecycle.stage();
    StringBuilder text = new StringBuilder();
    text.append(
            "The interpreter '%s' did not close within %d ms: "
                .formatted(owner.name(), timeout.toMillis()))
        .append(stage.description());
    switch (stage) {
      case LEASES ->
          text.append(" (")
              .append(LeaseTable.describe(owner))
              .append("). Close the payloads and arrays, and drop the ByteBuffers, taken from it.")
              .append(
                  LeaseTable.isTracing()
                      ? ""
                      : " PythonOptions.traceLeases shows where it was taken.");
      case CALLS, THREADS, EXIT_FUNCTIONS, DAEMONS ->
          text.append(". It ends when they do: make them end")
              .append(owner.interruptsCalls() ? "" : ", or make it with ClosePolicy.CANCEL")
              .append(". Python does:\n")
              .append(stacks(carrier, lifecycle, visitors));
      default -> text.append('.');
    }
    return text.toString();
  }

  private static String stacks(Carrier carrier, Lifecycle lifecycle, Visitors visitors) {
    Object stacks;
    try {
      stacks =
          visitors.visit(
              carrier.address(),
              Deadline.in(LOOK),
              "_ophion_support.closing:stacks",
              lifecycle.carrierIdent());
    } catch (OphionException failure) {
      return "(not known: " + failure.getMessage() + ")";
    }
    return stacks == null
        ? "(not known: native code has kept the GIL for " + LOOK.toSeconds() + " s)"
        : stacks.toString();
  }

  /** Raises {@code KeyboardInterrupt} in the carrier, as soon as the GIL can be had. */
  static void interrupt(Carrier carrier, Lifecycle lifecycle, Visitors visitors) {
    CompletableFuture<?> unused =
        visitors
            .send(carrier.address(), "_ophion_support.closing:interrupt", lifecycle.carrierIdent())
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    LOG.warn("A call could not be interrupted", failure);
                  }
                });
  }
}
