package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.Payload;
import dev.ophion.Python;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What packages make of pickle: dates of NumPy and pandas, and definitions by cloudpickle. */
@Tag("packages")
final class PickledPackagesTest {

  private static Python python;
  private static Interpreter sender;
  private static Interpreter receiver;

  @BeforeAll
  static void start() {
    python = PackageRuntime.start();
    sender = PackageRuntime.open("sender", Isolation.IMAGE, "");
    receiver = PackageRuntime.open("receiver", Isolation.IMAGE, "");
    for (Interpreter each : new Interpreter[] {sender, receiver}) {
      each.exec("import numpy as np, pandas as pd");
    }
  }

  @AfterAll
  static void close() {
    receiver.close();
    sender.close();
    python.close();
  }

  private static Payload move(String expression) {
    Payload payload = sender.dump(expression);
    receiver.load("x", payload);
    return payload;
  }

  private static void check(String condition) {
    assertThat(receiver.eval(condition)).as(condition).isEqualTo(true);
  }

  @Test
  void datesOfNumpy_goOutOfBand() {
    sender.exec("v = np.arange(0, 100_000).astype('M8[s]'); v[7] = 'NaT'");
    try (Payload payload = move("{'when': v, 'how long': v[::-1] - v[0]}")) {
      check("x['when'].dtype == 'M8[s]' and np.isnat(x['when'][7])");
      check("x['how long'].dtype == 'm8[s]' and x['how long'][0] == np.timedelta64(99_999, 's')");
      assertThat(payload.outOfBandBytes()).isGreaterThanOrEqualTo(1_600_000);
      assertThat(payload.inBandBytes()).isLessThan(2_000);
    }
  }

  @Test
  void framesOfPandas_withDatesAndNumbers_goOutOfBand() {
    sender.exec(
        """
        frame = pd.DataFrame({
            'when': pd.date_range('2013-01-01', periods=100_000, freq='min'),
            'delay': np.linspace(0, 1, 100_000),
            'seats': np.arange(100_000)})
        """);
    try (Payload payload = move("frame")) {
      check("x['when'].iloc[-1] == pd.Timestamp('2013-03-11 10:39') and x['seats'].sum() > 0");
      assertThat(payload.outOfBandBytes()).isGreaterThanOrEqualTo(2_400_000);
      assertThat(payload.inBandBytes()).isLessThan(4_000);
    }
  }

  @Test
  void definitionsOfMain_travelByCloudpickle() {
    sender.exec(
        """
        import enum, dataclasses
        scale = np.array([1.0, 2.0])
        class Kind(enum.Enum):
            A = 1
        @dataclasses.dataclass
        class Model:
            weights: object
            kind: Kind = Kind.A
            def predict(self, xs): return float((xs * self.weights * scale).sum())
        def train(n): return Model(np.ones(n))
        """);
    try (Payload payload = move("[train, Model(np.ones(2)), lambda x: x + scale[1]]")) {
      check("type(x[0]).__name__ == 'function' and x[1].predict(np.ones(2)) == 3.0");
      check("x[0](2).predict(np.ones(2)) == 3.0 and x[2](1) == 3.0 and x[1].kind.name == 'A'");
      assertThat(payload.inBandBytes()).isPositive();
      check("'cloudpickle' in __import__('sys').modules");
    }
  }
}
