package dev.ophion.bridge.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LeaseTest {

  @Test
  void drop_last_releasesThePinOnce() {
    List<Long> released = new ArrayList<>();
    Lease lease = LeaseTable.ofPython(ended -> released.add(ended.pin()), 7, 100);
    LeaseTable.acquire(lease.id());
    LeaseTable.drop(lease.id());
    assertThat(released).isEmpty();
    lease.drop();
    assertThat(released).containsExactly(7L);
  }

  @Test
  void tryAcquire_afterTheLastDrop_fails() {
    Lease lease = LeaseTable.ofPython(pin -> {}, 1, 1);
    lease.drop();
    assertThat(lease.tryAcquire()).isFalse();
  }

  @Test
  void drop_tooOften_throwsAndChangesNothing() {
    AtomicInteger released = new AtomicInteger();
    Lease lease = LeaseTable.ofPython(pin -> released.incrementAndGet(), 1, 1);
    lease.drop();
    assertThatThrownBy(lease::drop).isInstanceOf(IllegalStateException.class);
    assertThat(lease.tryAcquire()).isFalse();
    assertThat(released).hasValue(1);
  }

  @Test
  void counters_followTheLeases() {
    long count = LeaseTable.openLeases(Lease.Kind.PYTHON);
    long bytes = LeaseTable.openBytes(Lease.Kind.PYTHON);
    MemoryOwner owner = ended -> {};
    Lease lease = LeaseTable.ofPython(owner, 1, 1234);
    assertThat(LeaseTable.openLeases(Lease.Kind.PYTHON)).isEqualTo(count + 1);
    assertThat(LeaseTable.openBytes(Lease.Kind.PYTHON)).isEqualTo(bytes + 1234);
    assertThat(LeaseTable.describe(owner)).isEqualTo("1 buffer, 1234 bytes");
    lease.drop();
    assertThat(LeaseTable.openLeases(Lease.Kind.PYTHON)).isEqualTo(count);
    assertThat(LeaseTable.openBytes(Lease.Kind.PYTHON)).isEqualTo(bytes);
    assertThat(LeaseTable.describe(owner)).isEqualTo("0 buffers, 0 bytes");
  }

  @Test
  void acquireAndDrop_fromManyThreads_releaseOnceAtTheEnd() throws Exception {
    int threads = 4;
    int rounds = 2000;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CyclicBarrier together = new CyclicBarrier(threads);
      AtomicLong released = new AtomicLong();
      AtomicLong usedAfterRelease = new AtomicLong();
      for (int round = 0; round < rounds; round += 100) {
        List<Lease> leases = new ArrayList<>();
        AtomicInteger[] ends = new AtomicInteger[100];
        for (int i = 0; i < 100; i++) {
          AtomicInteger end = new AtomicInteger();
          ends[i] = end;
          leases.add(
              LeaseTable.ofPython(
                  pin -> {
                    end.incrementAndGet();
                    released.incrementAndGet();
                  },
                  i,
                  1));
        }
        List<Future<?>> work = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          boolean closes = t == 0;
          work.add(
              pool.submit(
                  () -> {
                    together.await();
                    for (int i = 0; i < 100; i++) {
                      use(leases.get(i), ends[i], closes, usedAfterRelease);
                    }
                    return null;
                  }));
        }
        for (Future<?> done : work) {
          done.get();
        }
      }
      assertThat(released).hasValue(rounds);
      assertThat(usedAfterRelease).hasValue(0);
    } finally {
      pool.shutdown();
    }
  }

  private static void use(
      Lease lease, AtomicInteger ends, boolean closes, AtomicLong usedAfterRelease) {
    if (closes) {
      lease.drop();
    } else if (lease.tryAcquire()) {
      if (ends.get() != 0) {
        usedAfterRelease.incrementAndGet();
      }
      LeaseTable.drop(lease.id());
    }
  }

  @Test
  void numbers_ofLeasesThatWent_findNothing() {
    List<Lease> leases = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 1_000; i++) {
        leases.add(LeaseTable.ofPython(pin -> {}, 1, 1));
      }
      assertThat(leases).extracting(Lease::id).doesNotHaveDuplicates().doesNotContain(0L);
      List<Lease> last = leases.subList(round * 1_000, leases.size());
      assertThat(last).allMatch(lease -> LeaseTable.acquire(lease.id()));
      last.forEach(Lease::drop);
      last.forEach(lease -> LeaseTable.drop(lease.id()));
      assertThat(leases)
          .allSatisfy(
              lease ->
                  assertThatThrownBy(() -> LeaseTable.get(lease.id()))
                      .isInstanceOf(IllegalStateException.class));
    }
  }
}
