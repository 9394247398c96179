package dev.ophion.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the enumerations of {@code wire.h}, which Java repeats. */
public final class WireHeader {

  private static final Path PATH = Path.of("../native/src/main/cpp/engine/wire.h");
  private static final Pattern COMMENT = Pattern.compile("//.*");
  private static final Pattern MEMBER = Pattern.compile("k(\\w+) = (0[xX]\\p{XDigit}+|\\d+)");
  private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  private WireHeader() {}

  /**
   * Returns the numbers of an {@code enum class}, by their names in the spelling of Java's
   * constants: {@code kTimeDelta} is {@code TIME_DELTA}.
   *
   * @param name the enumeration
   * @return its numbers; the test fails if there is a member that cannot be read
   */
  public static Map<String, Integer> numbersOf(String name) {
    Matcher found =
        Pattern.compile("enum class " + name + " : uint8_t \\{([^}]*)}").matcher(withoutComments());
    assertThat(found.find()).as("the enum class %s in %s", name, PATH).isTrue();
    Map<String, Integer> numbers = new TreeMap<>();
    for (String text : found.group(1).strip().split("\\s*,\\s*", -1)) {
      if (text.isEmpty()) {
        continue; // after the last comma
      }
      Matcher member = MEMBER.matcher(text);
      assertThat(member.matches()).as("'%s' in %s is a name and a number", text, name).isTrue();
      Integer other = numbers.put(javaName(member.group(1)), Integer.decode(member.group(2)));
      assertThat(other).as("the number of the first %s", text).isNull();
    }
    assertThat(numbers.values()).as("the numbers of %s", name).isNotEmpty().doesNotHaveDuplicates();
    return numbers;
  }

  /**
   * Returns the numbers that Java has instead.
   *
   * @param constants a class of bytes
   * @return its numbers by the names of its constants
   */
  public static Map<String, Integer> constantsOf(Class<?> constants) {
    Map<String, Integer> numbers = new TreeMap<>();
    for (Field field : constants.getDeclaredFields()) {
      if (!field.isSynthetic()) {
        field.setAccessible(true);
        numbers.put(field.getName(), Byte.toUnsignedInt(byteOf(field)));
      }
    }
    return numbers;
  }

  private static byte byteOf(Field field) {
    try {
      return field.getByte(null);
    } catch (IllegalAccessException failure) {
      throw new AssertionError(failure);
    }
  }

  private static String javaName(String name) {
    return WORD_START.matcher(name).replaceAll("_").toUpperCase(Locale.ROOT);
  }

  private static String withoutComments() {
    try {
      return COMMENT.matcher(Files.readString(PATH)).replaceAll("");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
