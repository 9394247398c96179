package dev.ophion.bridge.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.WireHeader;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class OpTest {

  @Test
  void operations_inJava_areThoseOfTheEngine() {
    Map<String, Integer> operations = new TreeMap<>();
    for (Op operation : Op.values()) {
      operations.put(operation.name(), Byte.toUnsignedInt(operation.code()));
    }
    assertThat(operations).isEqualTo(WireHeader.numbersOf("Op"));
  }
}
