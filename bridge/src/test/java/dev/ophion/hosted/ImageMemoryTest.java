package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What memory images have in common. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class ImageMemoryTest {

  private static final Pattern MAPPING =
      Pattern.compile("(\\w+)-(\\w+) (\\S+) (\\w+) \\S+ \\d+ +(/.*)");

  private static final String MODULES =
      """
      import ctypes, decimal
      code = ctypes.cast(ctypes.pythonapi.Py_IncRef, ctypes.c_void_p).value
      """;

  /** Of /proc/self/maps. */
  private record Mapping(long start, long end, String rights, long offset, Path file) {

    boolean holds(long address) {
      return start <= address && address < end;
    }
  }

  private static Interpreter open(String name) {
    return Python.start()
        .newInterpreter(InterpreterOptions.builder().name(name).isolation(Isolation.IMAGE).build());
  }

  @Test
  void twoImages_shareTheirCode_andNotTheirData() throws IOException {
    try (Interpreter first = open("first");
        Interpreter second = open("second")) {
      first.exec(MODULES);
      second.exec(MODULES);
      assertThat(mapping(address(first, "code")).file())
          .isEqualTo(mapping(address(second, "code")).file());
      assertThat(mapping(address(first, "id(None)")).file())
          .isNotEqualTo(mapping(address(second, "id(None)")).file());
      assertThat(files("_decimal-", "r-xp")).hasSize(1);
      // What both have in common may be mapped from the copy on disk, each for itself.
      assertThat(files("_decimal-", "rw-p"))
          .filteredOn(file -> !file.toString().endsWith("-s00000.so"))
          .hasSize(2);
    }
  }

  @Test
  void sharedCode_isThatOfTheOriginal() throws IOException {
    try (Interpreter first = open("first");
        Interpreter second = open("second")) {
      first.exec(MODULES);
      second.exec(MODULES);
      Mapping code = mapping(address(second, "code"));
      Path original = Python.start().executable().resolveSibling("../libpython3.14.so.1.0");
      byte[] seen =
          second.eval(
              "ctypes.string_at(%d, %d)".formatted(code.start(), code.end() - code.start()),
              byte[].class);
      byte[] expected = Files.readAllBytes(original);
      assertThat(seen)
          .isEqualTo(
              Arrays.copyOfRange(expected, (int) code.offset(), (int) code.offset() + seen.length));
    }
  }

  @Test
  void imageWhoseCodeOthersUse_ends_andTheyGoOn() throws IOException {
    try (Interpreter second = open("second")) {
      try (Interpreter first = open("first")) {
        first.exec(MODULES);
        second.exec(MODULES);
        first.close(Duration.ofMinutes(1)); // waits for the very end
      }
      assertThat(second.eval("str(decimal.Decimal(2).sqrt())", String.class))
          .isEqualTo("1.414213562373095048801688724");
      try (Interpreter third = open("third")) {
        third.exec(MODULES);
        assertThat(files("_decimal-", "r-xp")).hasSize(1);
        assertThat(third.eval("decimal.Decimal('0.1') * 3 == decimal.Decimal('0.3')"))
            .isEqualTo(true);
      }
    }
  }

  private static long address(Interpreter python, String expression) {
    return python.eval(expression, Long.class);
  }

  private static Mapping mapping(long address) throws IOException {
    return mappings().filter(mapping -> mapping.holds(address)).findFirst().orElseThrow();
  }

  private static Set<Path> files(String stem, String rights) throws IOException {
    return mappings()
        .filter(mapping -> mapping.rights().equals(rights))
        .map(Mapping::file)
        .filter(file -> file.getFileName().toString().startsWith(stem))
        .collect(Collectors.toSet());
  }

  private static Stream<Mapping> mappings() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .map(MAPPING::matcher)
        .filter(Matcher::matches)
        .map(
            line ->
                new Mapping(
                    Long.parseUnsignedLong(line.group(1), 16),
                    Long.parseUnsignedLong(line.group(2), 16),
                    line.group(3),
                    Long.parseLong(line.group(4), 16),
                    // What is in memory only is listed as "/memfd:<name> (deleted)".
                    Path.of(line.group(5).replace("/memfd:", "/").replace(" (deleted)", ""))));
  }
}
