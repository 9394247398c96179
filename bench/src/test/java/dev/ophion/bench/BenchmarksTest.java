package dev.ophion.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.InterpreterState;
import dev.ophion.Isolation;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each benchmark does what it says; how long it takes is not asked here. */
final class BenchmarksTest {

  @Test
  void calls_runOnce_giveTheLastResult() throws Exception {
    CallBenchmark benchmark = new CallBenchmark();
    try {
      assertThat(benchmark.attachedInt()).isEqualTo(CallBenchmark.ATTACHED_CALLS);
      assertThat(benchmark.attachedString()).isEqualTo(CallBenchmark.TEXT).hasSize(16);
      assertThat(benchmark.handedOverInt()).isEqualTo(CallBenchmark.CALLS);
      assertThat(benchmark.handedOverString()).isEqualTo(CallBenchmark.TEXT);
      assertThat(benchmark.baselineExecutor()).isEqualTo(CallBenchmark.CALLS);
      Echo echo = new Echo();
      assertThat(benchmark.baselineCacheLine(echo)).isEqualTo(CallBenchmark.CALLS);
      echo.end();
      assertThat(benchmark.baselineJni()).isPositive();
    } finally {
      benchmark.close();
    }
  }

  @Test
  void parkedCalls_runOnce_countOn() throws Exception {
    ParkedCallBenchmark benchmark = new ParkedCallBenchmark();
    try {
      benchmark.pause();
      assertThat(benchmark.parkedInt()).isEqualTo(1);
      benchmark.pause();
      assertThat(benchmark.baselineExecutor()).isEqualTo(2);
    } finally {
      benchmark.close();
    }
  }

  @Test
  void lists_runOnce_giveTheSum() throws Exception {
    ListBenchmark benchmark = new ListBenchmark();
    try {
      double expected = ListBenchmark.CALLS * ListBenchmark.SUM;
      assertThat(benchmark.attachedSum()).isEqualTo(expected);
      assertThat(benchmark.handedOverSum()).isEqualTo(expected);
      assertThat(benchmark.baselineJava()).isEqualTo(expected);
    } finally {
      benchmark.close();
    }
  }

  @Test
  void payload_ofBytearray_arrivesWhole() {
    assertPayloadArrives("bytearray");
  }

  @Test
  void payload_ofArray_arrivesWhole() {
    assertPayloadArrives("array");
  }

  private static void assertPayloadArrives(String kind) {
    PayloadBenchmark benchmark = new PayloadBenchmark();
    try {
      benchmark.megabytes = 1;
      benchmark.kind = kind;
      benchmark.fill();
      assertThat(benchmark.transfer()).isEqualTo(1_000_000);
      assertThat(benchmark.transfer()).isEqualTo(1_000_000);
      assertThat(benchmark.receivedBytes()).isEqualTo(1_000_000);
    } finally {
      benchmark.close();
    }
  }

  @Test
  void copy_runOnce_fillsTheTarget() {
    PayloadBenchmark.Copy benchmark = new PayloadBenchmark.Copy();
    benchmark.megabytes = 1;
    benchmark.allocate();
    assertThat(benchmark.baselineCopy().position()).isEqualTo(1_000_000);
  }

  @ParameterizedTest
  @EnumSource
  void starts_runOnce_startAndEnd(Isolation isolation) {
    StartBenchmark benchmark = new StartBenchmark();
    benchmark.isolation = isolation;
    try {
      assertThat(benchmark.start()).isEqualTo(InterpreterState.RUNNING);
      benchmark.closeStarted();
      assertThat(benchmark.startAndClose()).isEqualTo(InterpreterState.CLOSED);
    } finally {
      benchmark.close();
    }
  }

  @Test
  void arrays_runOnce_shareTheirMemory() {
    ArrayBenchmark benchmark = new ArrayBenchmark();
    try {
      benchmark.megabytes = 1;
      benchmark.fill();
      assertThat(benchmark.transfer()).isEqualTo(1_000_000);
      assertThat(benchmark.changedByReceiver(2.5)).isEqualTo(2.5);
      assertThat(benchmark.thereAndBack()).isEqualTo(2_000_000);
      assertThat(benchmark.toJava()).isEqualTo(ArrayBenchmark.VALUE);
    } finally {
      benchmark.close();
    }
  }

  @Test
  void edges_runOnce_seeTheWholeArray() {
    EdgeBenchmark benchmark = new EdgeBenchmark();
    try {
      benchmark.fill();
      assertThat(benchmark.heapArray()).isEqualTo(benchmark.bytes / Double.BYTES);
      assertThat(benchmark.baselineCopy()).isEqualTo(benchmark.bytes);
      assertThat(benchmark.directBuffer()).isEqualTo(EdgeBenchmark.VALUE);
    } finally {
      benchmark.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void smallArrays_runOnce_arrive(Isolation isolation) throws Exception {
    SmallArrayBenchmark benchmark = new SmallArrayBenchmark();
    benchmark.isolation = isolation;
    try {
      benchmark.start();
      double last = SmallArrayBenchmark.ITEMS - 1.0;
      assertThat(benchmark.toJava()).hasSize(SmallArrayBenchmark.ITEMS).endsWith(last);
      assertThat(benchmark.transferHot()).isEqualTo(last);
      SmallArrayBenchmark.Pause pause = new SmallArrayBenchmark.Pause();
      pause.pause();
      assertThat(benchmark.transferParked(pause)).isEqualTo(last);
    } finally {
      benchmark.close();
    }
  }

  @Test
  void imageWork_runOnce_givesTheSameResultsByAnyWay() {
    ImageWorkBenchmark benchmark = new ImageWorkBenchmark();
    try {
      benchmark.start();
      assertThat(benchmark.map()).isNotZero().isEqualTo(benchmark.mapSingle());
    } finally {
      benchmark.close();
    }
  }

  @Test
  void parallelTasks_runOnce_giveTheSameResultEach() {
    ParallelBenchmark benchmark = new ParallelBenchmark();
    try {
      benchmark.interpreters = 2;
      benchmark.start();
      assertThat(benchmark.work()).isEqualTo(Collections.nCopies(2, ParallelBenchmark.RESULT));
    } finally {
      benchmark.close();
    }
  }
}
