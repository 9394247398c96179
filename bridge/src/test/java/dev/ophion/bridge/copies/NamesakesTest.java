package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.relocation.RealFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two sites with libraries of one name that do not use Python and differ. What is loaded stays in
 * the process, so each test takes names of its own.
 */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class NamesakesTest {

  private static final String MODULE =
      """
      #include <Python.h>
      extern "C" int namesake();
      namespace {
      PyObject* answer(PyObject*, PyObject*) { return PyLong_FromLong(namesake()); }
      PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, nullptr},
                               {nullptr, nullptr, 0, nullptr}};
      PyModuleDef_Slot slots[] = {
          {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}, {0, nullptr}};
      PyModuleDef definition = {PyModuleDef_HEAD_INIT, "asking", nullptr, 0, methods,
                                slots, nullptr, nullptr, nullptr};
      }
      extern "C" PyObject* PyInit_asking() { return PyModuleDef_Init(&definition); }
      """;

  @TempDir Path temporary;

  private static Interpreter open(String name, Isolation isolation) {
    return Python.start()
        .newInterpreter(InterpreterOptions.builder().name(name).isolation(isolation).build());
  }

  /** A library that answers with a number. */
  private static Path answering(Path file, int number) throws Exception {
    String source = "extern \"C\" int namesake() { return %d; }\n".formatted(number);
    return Libraries.build(file, source, Libraries.soname(file.getFileName().toString()));
  }

  /** A module that asks a library. */
  private static Path asking(Path site, Path library) throws Exception {
    String headers = "-I" + RealFiles.DISTRIBUTION.home().resolve("include/python3.14");
    Libraries.build(
        site.resolve("asking.cpython-314-x86_64-linux-gnu.so"),
        MODULE,
        Libraries.needing(library, headers));
    return site;
  }

  private Path site(String name, String library, int number) throws Exception {
    Path site = temporary.toRealPath().resolve(name);
    return asking(site, answering(site.resolve(library), number));
  }

  private static Object answer(Interpreter python, Path site) {
    python.exec("import sys; sys.path.insert(0, r'" + site + "'); import asking");
    return python.eval("asking.answer()");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void librariesOfOneName_inTwoImages_areEachTheirOwn(boolean isOtherOrder) throws Exception {
    String library = "libsame-" + isOtherOrder + ".so";
    Path one = site("one", library, 1);
    Path two = site("two", library, 2);
    try (Interpreter first = open("first", Isolation.IMAGE);
        Interpreter second = open("second", Isolation.IMAGE)) {
      assertThat(answer(first, isOtherOrder ? two : one)).isEqualTo(isOtherOrder ? 2L : 1L);
      assertThat(answer(second, isOtherOrder ? one : two)).isEqualTo(isOtherOrder ? 1L : 2L);
    }
    try (Interpreter third = open("third", Isolation.IMAGE);
        Interpreter fourth = open("fourth", Isolation.IMAGE)) {
      assertThat(answer(third, two)).isEqualTo(2L);
      assertThat(answer(fourth, one)).isEqualTo(1L);
    }
  }

  @Test
  void librariesBelowEqualOnes_inTwoImages_areEachTheirOwn() throws Exception {
    try (Interpreter first = open("first", Isolation.IMAGE);
        Interpreter second = open("second", Isolation.IMAGE)) {
      assertThat(answer(first, deep("one", 1))).isEqualTo(1L);
      assertThat(answer(second, deep("two", 2))).isEqualTo(2L);
    }
  }

  /** With a library in between that is the same in all sites. */
  private Path deep(String name, int number) throws Exception {
    Path site = temporary.toRealPath().resolve(name);
    Path deep = answering(site.resolve("libdeep.so"), number);
    Path middle =
        Libraries.plain(
            site.resolve("libmiddle.so"),
            Libraries.needing(deep, Libraries.soname("libmiddle.so")));
    return asking(site, middle);
  }

  @Test
  void libraryOfASubinterpreter_isNotThatOfAnImage() throws Exception {
    try (Interpreter first = open("first", Isolation.SUBINTERPRETER);
        Interpreter second = open("second", Isolation.IMAGE)) {
      assertThat(answer(first, site("one", "libsub.so", 1))).isEqualTo(1L);
      assertThat(answer(second, site("two", "libsub.so", 2))).isEqualTo(2L);
    }
  }

  @Test
  void libraryOpenedByCtypes_isNotThatOfAnotherImage() throws Exception {
    Path one = answering(temporary.toRealPath().resolve("libopened.so"), 1);
    Path site = site("two", "libopened.so", 2);
    try (Interpreter first = open("first", Isolation.IMAGE);
        Interpreter second = open("second", Isolation.IMAGE)) {
      first.exec("import ctypes; opened = ctypes.CDLL(r'" + one + "')");
      assertThat(answer(second, site)).isEqualTo(2L);
      second.exec("import ctypes; opened = ctypes.CDLL(r'" + site.resolve("libopened.so") + "')");
      assertThat(second.eval("opened.namesake()")).isEqualTo(2L);
      assertThat(first.eval("opened.namesake()")).isEqualTo(1L);
    }
  }

  @Test
  void libraryThatIsReplaced_isTheOldOneForOldImagesOnly() throws Exception {
    Path site = site("site", "libnew.so", 1);
    try (Interpreter first = open("first", Isolation.IMAGE)) {
      assertThat(answer(first, site)).isEqualTo(1L);
      Files.delete(site.resolve("libnew.so"));
      answering(site.resolve("libnew.so"), 2);
      try (Interpreter second = open("second", Isolation.IMAGE)) {
        assertThat(answer(second, site)).isEqualTo(2L);
      }
      assertThat(first.eval("asking.answer()")).isEqualTo(1L);
    }
  }
}
