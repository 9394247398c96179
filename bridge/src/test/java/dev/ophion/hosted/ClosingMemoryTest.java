package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Access;
import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.PythonObject;
import dev.ophion.SharedBuffer;
import dev.ophion.SharedMemory;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.memory.LeaseTable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of closing semantics in the guide, row by row, in both isolations. */
@Tag("subinterpreter") // it makes both kinds itself
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class ClosingMemoryTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CLOSERS = 8;

  private static Interpreter interpreter(String name, Isolation isolation) {
    Interpreter made =
        Python.start()
            .newInterpreter(InterpreterOptions.builder().name(name).isolation(isolation).build());
    made.exec("import array; v = array.array('q', [1, 2, 3])");
    return made;
  }

  /** Until the collector and the carrier have given everything back. */
  private static void awaitNoLeases() {
    while (LeaseTable.openLeases() != 0) {
      System.gc();
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource
  void interpreterThatLends_closesAtOnce_andEndsWithItsLastUser(Isolation isolation) {
    Interpreter owner = interpreter("owner", isolation);
    try (Interpreter user = interpreter("user", isolation);
        Payload payload = owner.dump("v", Access.WRITABLE);
        NdArray array = owner.get("v", NdArray.class)) {
      user.load("x", payload);
      owner.close();
      assertThat(owner.state()).isEqualTo(InterpreterState.CLOSING);
      assertThatThrownBy(() -> owner.eval("v"))
          .isInstanceOf(InterpreterClosedException.class)
          .hasMessageContaining("make another one");
      user.exec("x[0] = 9");
      assertThat(array.toArray(long[].class)).containsExactly(9, 2, 3);
      user.load("y", payload);
      assertThat(user.eval("y[0]")).isEqualTo(9L);
    }
    owner.close(PATIENCE);
    assertThat(owner.state()).isEqualTo(InterpreterState.CLOSED);
  }

  @ParameterizedTest
  @EnumSource
  void payloadThatOthersHaveLoaded_closes_andTheLoadsStay(Isolation isolation) {
    try (Interpreter owner = interpreter("owner", isolation);
        Interpreter user = interpreter("user", isolation)) {
      Payload payload = owner.dump("v");
      user.load("x", payload);
      payload.close();
      assertThatThrownBy(() -> user.load("y", payload))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("The payload is closed: use it before");
      assertThat(user.eval("list(x)")).isEqualTo(List.of(1L, 2L, 3L));
      user.exec("del x");
      assertThat(LeaseTable.openLeases()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everything_closedTwiceAndByManyThreads_isGivenBackOnce(Isolation isolation)
      throws Exception {
    Interpreter owner = interpreter("owner", isolation);
    Payload payload = owner.dump("v");
    NdArray array = owner.get("v", NdArray.class);
    SharedMemory memory = SharedMemory.allocate(DType.INT64, 4);
    PythonObject handle = owner.importModule("sys");
    owner.set("m", memory);
    CyclicBarrier together = new CyclicBarrier(CLOSERS);
    ExecutorService closers = Executors.newFixedThreadPool(CLOSERS);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < CLOSERS; i++) {
        done.add(
            closers.submit(
                () -> {
                  together.await();
                  payload.close();
                  array.close();
                  memory.close();
                  handle.close();
                  owner.close();
                  owner.close();
                  return null;
                }));
      }
      for (Future<?> each : done) {
        each.get();
      }
    } finally {
      closers.shutdownNow();
    }
    owner.close(PATIENCE);
    assertThat(LeaseTable.openLeases()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void everything_usedAfterItsClose_namesTheRemedy(Isolation isolation) {
    try (Interpreter owner = interpreter("owner", isolation)) {
      Payload payload = owner.dump("v");
      SharedBuffer part = payload.buffers().get(0);
      NdArray array = owner.get("v", NdArray.class);
      PythonObject handle = owner.importModule("sys");
      payload.close();
      array.close();
      handle.close();
      for (Runnable use :
          List.<Runnable>of(
              payload::buffers,
              part::asByteBuffer,
              () -> part.asByteBuffer(0, 1),
              part::address,
              array::buffer,
              () -> array.toArray(long[].class),
              () -> owner.set("x", array),
              () -> owner.move("x", array))) {
        assertThatThrownBy(use::run)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("is closed: use it before, or take before what outlives it");
      }
      assertThatThrownBy(() -> owner.set("x", handle)).isInstanceOf(IllegalStateException.class);
      assertThat(owner.eval("list(v)")).isEqualTo(List.of(1L, 2L, 3L));
    }
  }

  @ParameterizedTest
  @EnumSource
  void everything_collectedInsteadOfClosed_isGivenBack(Isolation isolation) {
    try (Interpreter owner = interpreter("owner", isolation)) {
      forgetEverything(owner);
      awaitNoLeases();
      // What the carrier has let go of can be resized again.
      owner.exec("v.append(4)");
    }
  }

  private static void forgetEverything(Interpreter owner) {
    ByteBuffer view = owner.dump("v").buffers().get(0).asByteBuffer();
    NdArray array = owner.get("v", NdArray.class);
    PythonObject handle = owner.importModule("sys");
    SharedMemory memory = SharedMemory.allocate(DType.INT64, 4);
    memory.asLongBuffer().put(0, 5);
    assertThat(List.of(view, array, handle, memory)).hasSize(4);
    assertThatThrownBy(() -> owner.exec("v.append(4)")).hasMessageContaining("BufferError");
  }

  @ParameterizedTest
  @EnumSource
  void runtime_closedWithEverythingOpen_leavesMemoryReadable(Isolation isolation) {
    Interpreter owner = interpreter("owner", isolation);
    Interpreter user = interpreter("user", isolation);
    Payload payload = owner.dump("v");
    user.load("x", payload);
    NdArray array = user.get("x", NdArray.class);
    SharedMemory memory = SharedMemory.allocate(DType.INT64, 3);
    owner.set("m", memory);
    user.set("m", memory);
    Python.start().close();
    assertThat(array.toArray(long[].class)).containsExactly(1, 2, 3);
    assertThat(payload.buffers().get(0).asByteBuffer().getLong(8)).isEqualTo(2);
    assertThat(memory.toArray(long[].class)).containsOnly(0);
    assertThatThrownBy(() -> user.load("y", payload))
        .isInstanceOf(InterpreterClosedException.class);
    array.close();
    payload.close();
    memory.close();
    awaitNoLeases();
    owner.close(PATIENCE);
    user.close(PATIENCE);
    Python.start().close();
  }

  @ParameterizedTest
  @EnumSource
  void payload_closedWhileOthersLoadAndRead_throwsOnlyWhatIsDocumented(Isolation isolation)
      throws Exception {
    try (Interpreter owner = interpreter("owner", isolation);
        Interpreter user = interpreter("user", isolation)) {
      for (int round = 0; round < 50; round++) {
        Payload payload = owner.dump("v");
        NdArray array = owner.get("v", NdArray.class);
        CountDownLatch begun = new CountDownLatch(2);
        List<Runnable> uses =
            List.of(
                () -> user.load("x", payload),
                () -> assertThat(array.toArray(long[].class)).containsExactly(1, 2, 3));
        ExecutorService users = Executors.newFixedThreadPool(uses.size());
        try {
          List<Future<?>> done = new ArrayList<>();
          for (Runnable use : uses) {
            done.add(users.submit(() -> useUntilClosed(use, begun)));
          }
          begun.await();
          payload.close();
          array.close();
          for (Future<?> each : done) {
            each.get();
          }
        } finally {
          users.shutdownNow();
        }
        assertThat(user.eval("list(x)")).isEqualTo(List.of(1L, 2L, 3L));
        user.exec("del x");
        assertThat(LeaseTable.openLeases()).isZero();
      }
    }
  }

  private static void useUntilClosed(Runnable use, CountDownLatch begun) {
    try {
      use.run();
      begun.countDown();
      while (true) {
        use.run();
      }
    } catch (IllegalStateException closed) {
      assertThat(closed).hasMessageContaining("is closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void sharedMemory_closedWhileInterpretersWrite_staysTheirs(Isolation isolation) {
    try (Interpreter first = interpreter("first", isolation);
        Interpreter second = interpreter("second", isolation)) {
      SharedMemory memory = SharedMemory.allocate(DType.INT64, 1 << 16);
      first.set("m", memory);
      second.set("m", memory);
      var running = first.async().exec("for _ in range(20):\n  for i in range(len(m)): m[i] = i");
      memory.close();
      running.toCompletableFuture().join();
      assertThat(second.eval("m[-1], sum(m[:4])")).isEqualTo(List.of(65535L, 6L));
    }
  }
}
