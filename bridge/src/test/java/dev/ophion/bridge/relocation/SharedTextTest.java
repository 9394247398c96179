package dev.ophion.bridge.relocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of one library that use the same memory for their code, in a process of their own. */
final class SharedTextTest {

  private static final Path HOST = Path.of("..", "native", "src", "main", "cpp").toAbsolutePath();
  private static final int CONSTANTS = 512 * 512;
  private static final int SUM = 7 * CONSTANTS;

  @TempDir Path temporary;
  private Path driver;
  private Path library;

  @BeforeEach
  void compile() throws Exception {
    library = Tools.compile("sharing.cpp", temporary.resolve("plain.so"), "-shared", "-fPIC", "-s");
    driver = Tools.compile("sharing_main.cpp", temporary.resolve("main"), "-I", HOST.toString());
  }

  @Test
  void equalCopies_useTheFirstOnesMemory_andHaveTheirOwnVariables() throws Exception {
    assertThat(run(copy(1), copy(2), copy(3)))
        .containsExactly(
            line("s00001", "s00001", SUM),
            line("s00001", "s00001", SUM),
            line("s00001", "s00001", SUM));
  }

  @Test
  void copyWithOtherConstants_keepsThePagesThatDiffer() throws Exception {
    Path other = copy(2);
    byte[] content = Files.readAllBytes(other);
    content[middleOfConstants(content)] = 9;
    Files.write(other, content);
    assertThat(run(copy(1), other))
        .containsExactly(line("s00001", "s00001", SUM), line("s00001", "s00002", SUM + 2));
  }

  @Test
  void firstCopyThatIsGone_isFollowedByTheNext() throws Exception {
    Path first = copy(1);
    assertThat(run(first, "!" + first, copy(2), copy(3)))
        .containsExactly(
            line("s00001", "s00001", SUM),
            line("s00002", "s00002", SUM),
            line("s00002", "s00002", SUM));
  }

  @Test
  void fileThatTookTheFirstCopysPlace_isNotUsed() throws Exception {
    Path first = copy(1);
    assertThat(run(first, "~" + first, copy(2), copy(3)))
        .containsExactly(
            line("s00001", "s00001", SUM),
            line("s00002", "s00002", SUM),
            line("s00002", "s00002", SUM));
  }

  private Path copy(int slot) throws Exception {
    String name = "sharing-0123456789abcde" + slot + "-s0000" + slot + ".so";
    Path copy = temporary.resolve(name);
    Relocator.relocate(library, copy, Relocation.named(name).build());
    return copy;
  }

  private static int middleOfConstants(byte[] content) {
    int first = 0;
    int length = 0;
    for (int i = 0; length < CONSTANTS; i++) {
      length = content[i] == 7 ? length + 1 : 0;
      first = i - length + 1;
    }
    return first + CONSTANTS / 2;
  }

  private List<String> run(Object... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(driver.toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Tools.Result result = Tools.run(temporary.resolve("log"), Map.of(), command);
    assertThat(result.status()).as(result.output()).isZero();
    return result.output().lines().toList();
  }

  /** What the driver prints of a copy: where its code and the middle of its constants are from. */
  private static String line(String most, String middle, int sum) {
    return "code %s.so, constants %s.so %s.so, sum %d, count 1".formatted(most, most, middle, sum);
  }
}
