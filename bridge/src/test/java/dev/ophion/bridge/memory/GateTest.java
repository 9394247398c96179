package dev.ophion.bridge.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class GateTest {

  @Test
  void enter_afterTheShut_isRefused() {
    Gate gate = new Gate();
    gate.exit(gate.enter());
    assertThat(gate.shut()).isTrue();
    assertThat(gate.shut()).isFalse();
    assertThat(gate.enter()).isZero();
    assertThat(gate.awaitEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void awaitEmpty_waitsForWhoIsInside(boolean isFirst) throws InterruptedException {
    Gate gate = new Gate();
    if (!isFirst) {
      gate.exit(gate.enter());
    }
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    AtomicBoolean left = new AtomicBoolean();
    Thread user =
        new Thread(
            () -> {
              int entered = gate.enter();
              inside.countDown();
              try {
                leave.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              left.set(true);
              gate.exit(entered);
            });
    user.start();
    inside.await();
    gate.shut();
    Thread waiter = new Thread(() -> assertThat(gate.awaitEmpty() && left.get()).isTrue());
    AtomicBoolean failed = new AtomicBoolean();
    waiter.setUncaughtExceptionHandler((thread, failure) -> failed.set(true));
    waiter.start();
    assertThat(waiter.isAlive()).isTrue();
    leave.countDown();
    user.join();
    waiter.join();
    assertThat(failed).isFalse();
  }

  /** What a user sees inside is never after what the closing thread does when the gate is empty. */
  @Test
  void nobodyIsInside_afterAwaitEmpty() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    AtomicLong wrong = new AtomicLong();
    while (System.nanoTime() < deadline) {
      Gate gate = new Gate();
      boolean[] freed = new boolean[1];
      CountDownLatch started = new CountDownLatch(2);
      Thread[] users = new Thread[2];
      for (int i = 0; i < users.length; i++) {
        users[i] =
            new Thread(
                () -> {
                  started.countDown();
                  for (int entered = gate.enter(); entered != 0; entered = gate.enter()) {
                    if (freed[0]) {
                      wrong.incrementAndGet();
                    }
                    gate.exit(entered);
                  }
                });
        users[i].start();
      }
      started.await();
      gate.shut();
      assertThat(gate.awaitEmpty()).isTrue();
      freed[0] = true;
      for (Thread user : users) {
        user.join();
      }
    }
    assertThat(wrong).hasValue(0);
  }
}
