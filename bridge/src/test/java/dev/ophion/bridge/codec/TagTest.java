package dev.ophion.bridge.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.WireHeader;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TagTest {

  @Test
  void tags_inJava_areThoseOfTheEngine() throws IllegalAccessException {
    Map<String, Integer> tags = new TreeMap<>();
    for (Field field : Tag.class.getDeclaredFields()) {
      if (!field.isSynthetic()) {
        tags.put(field.getName(), Byte.toUnsignedInt(field.getByte(null)));
      }
    }
    assertThat(tags).isEqualTo(WireHeader.numbersOf("Tag"));
  }
}
