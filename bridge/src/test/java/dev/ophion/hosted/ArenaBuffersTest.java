package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ophion.Interpreter;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory of the foreign function and memory API, by reflection: the tests compile on JDK 17. */
@ExtendWith(NoLeftovers.class)
final class ArenaBuffersTest {

  @BeforeEach
  void hasArenas() {
    assumeTrue(
        Runtime.version().feature() >= 22,
        "java.lang.foreign is final from JDK 22 on; the build on JDK 25 runs this");
  }

  private static Object arena(String factory) throws ReflectiveOperationException {
    return Class.forName("java.lang.foreign.Arena").getMethod(factory).invoke(null);
  }

  private static ByteBuffer bufferOf(Object arena) throws ReflectiveOperationException {
    Object segment =
        Class.forName("java.lang.foreign.Arena")
            .getMethod("allocate", long.class)
            .invoke(arena, 4096L);
    return (ByteBuffer)
        Class.forName("java.lang.foreign.MemorySegment").getMethod("asByteBuffer").invoke(segment);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ofConfined", "ofShared"})
  void bufferOfAnArenaThatCanBeClosed_isRefused(String factory) throws Exception {
    try (AutoCloseable arena = (AutoCloseable) arena(factory);
        Interpreter python = Python.start().newInterpreter("arena")) {
      ByteBuffer buffer = bufferOf(arena);
      python.exec("def look(x): return x");
      for (Buffer each :
          List.<Buffer>of(
              buffer,
              buffer.asReadOnlyBuffer(),
              buffer.slice(8, 16),
              buffer.duplicate(),
              buffer.asDoubleBuffer())) {
        assertThatThrownBy(() -> python.call("look", List.of(each)))
            .isInstanceOf(NotTransferableException.class)
            .hasMessageContaining("argument 0[0] cannot cross")
            .hasMessageContaining("Arena.ofAuto()");
        assertThatThrownBy(() -> python.set("kept", each))
            .isInstanceOf(NotTransferableException.class);
      }
    }
  }

  @Test
  void bufferOfAClosedArena_isRefused() throws Exception {
    ByteBuffer buffer;
    try (AutoCloseable arena = (AutoCloseable) arena("ofShared")) {
      buffer = bufferOf(arena);
    }
    try (Interpreter python = Python.start().newInterpreter("closed arena")) {
      assertThatThrownBy(() -> python.set("kept", buffer))
          .isInstanceOf(NotTransferableException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ofAuto", "global"})
  void bufferOfAnArenaThatNobodyCloses_isLent(String factory) throws Exception {
    ByteBuffer buffer = bufferOf(arena(factory));
    try (Interpreter python = Python.start().newInterpreter("lasting arena")) {
      python.set("kept", buffer);
      python.exec("kept[7] = 1");
      assertThat(buffer.get(7)).isEqualTo((byte) 1);
      python.exec("del kept");
    }
  }

  @Test
  void ordinaryBuffer_isLent() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(16);
    try (Interpreter python = Python.start().newInterpreter("ordinary")) {
      python.set("kept", buffer.slice(4, 8));
      python.exec("kept[0] = 1; del kept");
      assertThat(buffer.get(4)).isEqualTo((byte) 1);
    }
  }
}
