package dev.ophion.bridge.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.InterpreterOptions;
import dev.ophion.NdArray;
import dev.ophion.QueueFullException;
import dev.ophion.bridge.OutputGate;
import dev.ophion.bridge.carrier.Handover.Owner;
import dev.ophion.bridge.engine.Op;
import dev.ophion.bridge.interpreter.HostedInterpreter;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.interpreter.TestInterpreters;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.waiting.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Exchanges whose close failed, as where the stack is full. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class UnclosedTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private static HostedInterpreter open(String name) {
    return TestInterpreters.open(InterpreterOptions.builder().name(name).build(), LONG);
  }

  private static void leaveUnclosed(Exchange exchange) {
    synchronized (Unclosed.ALL) {
      exchange.olderUnclosed = Unclosed.ALL.newest;
      Unclosed.ALL.newest = exchange;
    }
  }

  @Test
  void nestedRequest_closedByAnotherCarrier_keepsItsWorkspaceForItsOwn() throws Exception {
    try (HostedInterpreter own = open("own");
        HostedInterpreter other = open("other")) {
      Dispatch dispatch = own.dispatch();
      own.attach(
          () -> {
            Workspace first = dispatch.workspaceOnCarrier();
            dispatch.giveBack(first);
            Exchange lost = own.requests().eval("1", Requests.UNNAMED);
            lost.write();
            leaveUnclosed(lost);
            other.exec("pass");
            assertThat(Unclosed.ALL.isEmpty()).isTrue();
            Workspace next = dispatch.workspaceOnCarrier();
            assertThat(next).isNotSameAs(first);
            dispatch.giveBack(next);
            return null;
          });
      own.attach(() -> assertThat(own.eval("1")).isEqualTo(1L));
    }
  }

  @Test
  void nestedReply_readHalfWay_givesBackWhatItHasTakenOnce() throws Exception {
    try (HostedInterpreter owner = open("owner");
        HostedInterpreter user = open("user")) {
      owner.exec("memory = memoryview(bytearray(1000))");
      try (NdArray array = owner.get("memory", NdArray.class)) {
        user.set("memory", array);
        Lease lease = leaseOf(array, user);
        assertThatThrownBy(() -> user.attach(() -> takeHalfWay(user, lease)))
            .isInstanceOf(OutOfMemoryError.class);
        assertThat(lease.users()).isEqualTo(1);
      }
    }
  }

  private static Object takeHalfWay(HostedInterpreter user, Lease lease) {
    return user.dispatch()
        .run(
            user.requests().named(Op.TAKE, "memory", "the name"),
            (Exchange.Reader<Object>)
                done -> {
                  Lease taken = done.references().adoptCount(lease.id());
                  throw new OutOfMemoryError("as if there were none for an array of " + taken.id());
                });
  }

  private static Lease leaseOf(NdArray array, HostedInterpreter user) {
    AtomicLong id = new AtomicLong();
    try (CallReferences references = new CallReferences()) {
      references.bind(user, false);
      references.lend(array, (lease, memory) -> id.set(lease));
    }
    return LeaseTable.get(id.get());
  }

  /** A carrier that has not parked yet looks for chores once more. */
  private static void awaitParked(String carrier) {
    Deadline deadline = Deadline.in(LONG);
    while (deadline.remainingNanos() > 0
        && Thread.getAllStackTraces().keySet().stream()
            .noneMatch(
                thread ->
                    thread.getName().equals(carrier)
                        && thread.getState() == Thread.State.TIMED_WAITING)) {
      Thread.onSpinWait();
    }
  }

  @Test
  void exchange_thatNobodyCanClose_stopsNoInterpreter() {
    try (HostedInterpreter python = open("unlucky")) {
      leaveUnclosed(
          new Exchange(new Requests(python.dispatch(), false), Op.EVAL, workspace -> {}) {
            @Override
            void closeElsewhere() {
              throw new IllegalStateException("as if there were a mistake");
            }
          });
      assertThat(python.eval("1")).isEqualTo(1L);
    }
  }

  @Test
  void boundFullOfAnUnclosedCall_isFreeAgainAfterOneRefusal() throws Exception {
    OutputGate gate = new OutputGate();
    InterpreterOptions options =
        InterpreterOptions.builder()
            .name("bound")
            .maximumWaitingCalls(1)
            .stdout(gate.output())
            .build();
    try (HostedInterpreter python = TestInterpreters.open(options, LONG)) {
      CompletableFuture<Void> busy = python.async().exec("print('here')");
      gate.awaitReached();
      Exchange lost =
          new Exchange(
              new Requests(python.dispatch(), false),
              Op.EVAL,
              workspace -> workspace.encoder().str("1", "x")) {
            @Override
            public boolean cancel() {
              // The place in the bound stays, since there is no stack for more.
              return abandon() == Owner.ABANDONER;
            }
          };
      python.dispatch().submit(lost);
      assertThat(lost.cancel()).isTrue();
      gate.open();
      busy.get(30, TimeUnit.SECONDS);
      awaitParked("bound");
      lost.gone = Owner.ABANDONER;
      leaveUnclosed(lost);
      Deadline deadline = Deadline.in(LONG);
      Object result = null;
      while (result == null && deadline.remainingNanos() > 0) {
        try {
          result = python.eval("1");
        } catch (QueueFullException full) {
          Thread.onSpinWait();
        }
      }
      assertThat(result).isEqualTo(1L);
    }
  }
}
