package dev.ophion.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Access;
import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.SharedMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ArraysGuideTest {

  private final Python python = Python.start();
  private Interpreter interpreter;
  private Interpreter other;

  @BeforeEach
  void makeInterpreters() {
    interpreter = python.newInterpreter("guide");
    other = python.newInterpreter("other");
  }

  @AfterEach
  void close() {
    python.close();
  }

  @Test
  void buffer_ofJava_isTheSameMemoryInPython() {
    // example
    DoubleBuffer readings =
        ByteBuffer.allocateDirect(3 * Double.BYTES)
            .order(ByteOrder.nativeOrder()) // else it arrives as big-endian
            .asDoubleBuffer();
    interpreter.set("readings", readings); // a memoryview, or numpy.ndarray where NumPy is
    interpreter.exec("readings[2] = 1.5");
    double written = readings.get(2); // 1.5
    // end of example

    assertThat(written).isEqualTo(1.5);
  }

  @Test
  void array_ofPython_isTheSameMemoryInJava() {
    // example
    interpreter.exec("from array import array; model = array('d', [0.25, 0.5, 0.75])");
    double[] copy;
    try (NdArray model = interpreter.get("model", NdArray.class)) {
      DoubleBuffer view = model.asDoubleBuffer(); // no copy
      view.put(0, 1.0);
      NdArray backwards = model.slice(0, NdArray.NONE, NdArray.NONE, -1); // no copy either
      copy = backwards.toArray(double[].class);
    }
    // end of example

    assertThat(copy).containsExactly(0.75, 0.5, 1.0);
    assertThat(interpreter.eval("model[0]")).isEqualTo(1.0);
  }

  @Test
  void payload_loadedElsewhere_isTheSameMemory() {
    // example
    interpreter.exec("table = {'name': 'delays', 'values': bytearray(1_000_000)}");
    try (Payload payload = interpreter.dump("table", Access.WRITABLE)) {
      other.load("table", payload);
      other.exec("table['values'][0] = 7");
    }
    long first = interpreter.eval("table['values'][0]", Long.class); // 7
    // end of example

    assertThat(first).isEqualTo(7);
  }

  @Test
  void sharedMemory_isWrittenByAll() {
    // example
    try (SharedMemory sums = SharedMemory.allocate(DType.FLOAT64, 2, 1000)) {
      interpreter.set("sums", sums);
      other.set("sums", sums);
      interpreter.exec("sums[0, 0] = 1.5");
      other.exec("sums[1, 0] = 2.5");
      double total = sums.getDouble(0, 0) + sums.getDouble(1, 0); // 4.0
      // end of example

      assertThat(total).isEqualTo(4.0);
    }
  }
}
