package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Access;
import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.Python;
import dev.ophion.SharedMemory;
import dev.ophion.SharedMemoryException;
import dev.ophion.SharedMemoryOptions;
import dev.ophion.bridge.ChildJvm;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Shared memory that other processes reach by its name, its file or its descriptor. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class SharedMemoryProcessesTest {

  private final String name = "ophion-test-" + UUID.randomUUID();
  private final Path segment = Path.of("/dev/shm").resolve(name);

  @TempDir private Path folder;

  @AfterEach
  void removeName() {
    SharedMemory.unlink(name);
  }

  private SharedMemoryOptions named() {
    return SharedMemory.options().named(name);
  }

  /** Runs a Python program of its own process; returns what it printed. */
  private static String child(String source, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(Python.start().executable().toString(), "-c", source));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.strip();
  }

  @Test
  void named_attachedByAPythonChild_isOneMemory() throws Exception {
    try (SharedMemory memory = named().allocate(DType.INT64, 1000)) {
      memory.asLongBuffer().put(7, 41);
      String printed =
          child(
              """
              import sys
              from multiprocessing.shared_memory import SharedMemory
              memory = SharedMemory(name=sys.argv[1], track=False)
              values = memory.buf.cast('q')
              values[8] = values[7] + 1
              print(memory.size)
              values.release()
              memory.close()
              """,
              name);
      assertThat(printed).isEqualTo("8000");
      assertThat(memory.asLongBuffer().get(8)).isEqualTo(42);
      assertThat(memory.name()).contains(name);
      assertThat(memory.path()).contains(segment);
    }
  }

  @Test
  void named_madeByAPythonChild_isOpenedByJava() throws Exception {
    child(
        """
        import sys
        from multiprocessing.shared_memory import SharedMemory
        memory = SharedMemory(name=sys.argv[1], create=True, size=64, track=False)
        memory.buf[9] = 5
        memory.close()
        """,
        name);
    try (SharedMemory memory = named().open(DType.UINT8, 64)) {
      assertThat(memory.buffer().asByteBuffer().get(9)).isEqualTo((byte) 5);
    }
    assertThat(segment).as("the name is its maker's").exists();
  }

  @Test
  void named_losesItsNameWithItsLastUser() {
    try (Interpreter python = Python.start().newInterpreter("last")) {
      try (SharedMemory memory = named().allocate(DType.INT64, 8)) {
        python.set("x", memory);
      }
      assertThat(segment).exists();
      python.exec("del x");
      assertThat(segment).doesNotExist();
    }
  }

  @Test
  void named_twice_isRefusedAndTheFirstStays() {
    try (SharedMemory memory = named().allocate(DType.INT64, 8)) {
      assertThatThrownBy(() -> named().allocate(DType.INT64, 8))
          .isInstanceOf(SharedMemoryException.class)
          .hasMessageContaining("named '%s' of 64 bytes could not be made".formatted(name))
          .hasMessageContaining("open it, choose another name");
      memory.asLongBuffer().put(0, 9);
      try (SharedMemory second = named().open(DType.INT64, 8)) {
        assertThat(second.asLongBuffer().get(0)).isEqualTo(9);
      }
      assertThat(segment).as("who only opened it leaves the name").exists();
    }
  }

  @Test
  void open_whatIsNotThere_orTooSmall_isRefused() {
    assertThatThrownBy(() -> named().open(DType.INT64, 8))
        .isInstanceOf(SharedMemoryException.class)
        .hasMessageContaining("could not be opened")
        .hasMessageContaining("make it first");
    try (SharedMemory memory = named().allocate(DType.INT64, 8)) {
      assertThatThrownBy(() -> named().open(DType.INT64, 9))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("has 64 bytes, and the wanted type and shape take 72");
      assertThat(memory.asLongBuffer().capacity()).isEqualTo(8);
    }
    assertThatThrownBy(() -> SharedMemory.options().open(DType.INT64, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name or a file");
    assertThatThrownBy(() -> SharedMemory.options().named("a/b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void open_readOnly_cannotBeWrittenFromAnySide() {
    try (Interpreter python = Python.start().newInterpreter("reader");
        SharedMemory memory = named().allocate(DType.INT64, 8);
        SharedMemory reader = named().access(Access.READ_ONLY).open(DType.INT64, 8)) {
      assertThat(reader.buffer().isReadOnly()).isTrue();
      assertThat(reader.asLongBuffer().isReadOnly()).isTrue();
      python.set("x", reader);
      assertThatThrownBy(() -> python.exec("x[0] = 1")).hasMessageContaining("read-only");
      memory.asLongBuffer().put(0, 3);
      assertThat(python.eval("x[0]")).isEqualTo(3L);
    }
  }

  @Test
  void allocate_moreThanItsFileSystemHas_leavesNoName() {
    assertThatThrownBy(() -> named().allocate(DType.UINT8, 1L << 50))
        .isInstanceOf(SharedMemoryException.class)
        .hasMessageContaining("could not be made");
    assertThat(segment).doesNotExist();
  }

  @Test
  void file_isMappedByAChildAndStays() throws Exception {
    Path file = folder.resolve("scores.bin");
    try (SharedMemory memory = SharedMemory.options().file(file).allocate(DType.INT32, 4)) {
      child(
          """
          import mmap, sys
          with open(sys.argv[1], 'r+b') as file, mmap.mmap(file.fileno(), 0) as memory:
              memory[4:8] = (99).to_bytes(4, 'little')
          """,
          file.toString());
      assertThat(memory.asIntBuffer().get(1)).isEqualTo(99);
      assertThatThrownBy(() -> SharedMemory.options().file(file).allocate(DType.INT32, 4))
          .isInstanceOf(SharedMemoryException.class)
          .hasMessageContaining("open it or choose another file");
    }
    assertThat(Files.size(file)).isEqualTo(16);
    try (SharedMemory again = SharedMemory.options().file(file).open(DType.INT32, 4)) {
      assertThat(again.asIntBuffer().get(1)).isEqualTo(99);
    }
  }

  @Test
  void open_ofWhatCannotBeMapped_isRefused() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    SharedMemoryOptions reading = SharedMemory.options().access(Access.READ_ONLY);
    assertThatThrownBy(() -> reading.file(pipe).open(DType.UINT8, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 0 bytes");
    assertThatThrownBy(() -> reading.file(folder).open(DType.UINT8, 1))
        .isInstanceOfAny(SharedMemoryException.class, IllegalArgumentException.class);
  }

  @Test
  void memfd_isMappedByAChild_whichCannotShrinkIt() throws Exception {
    try (SharedMemory memory = SharedMemory.options().memfd().allocate(DType.INT64, 512)) {
      String printed =
          child(
              """
              import mmap, os, sys
              file = os.open(sys.argv[1], os.O_RDWR)
              memory = mmap.mmap(file, 0)
              memory[0:8] = (7).to_bytes(8, 'little')
              for size in 0, 1 << 20:
                  try:
                      os.ftruncate(file, size)
                  except PermissionError:
                      print('refused')
              """,
              memory.path().orElseThrow().toString());
      assertThat(printed.lines()).containsExactly("refused", "refused");
      assertThat(memory.asLongBuffer().get(0)).isEqualTo(7);
      assertThat(memory.asLongBuffer().get(511)).isZero();
      try (SharedMemory second =
          SharedMemory.options().file(memory.path().orElseThrow()).open(DType.INT64, 512)) {
        assertThat(second.asLongBuffer().get(0)).isEqualTo(7);
      }
    }
  }

  @Test
  void name_ofAJvmThatExits_isRemoved() throws Exception {
    try (ChildJvm jvm = ChildJvm.start(NamingJvm.class, name)) {
      assertThat(jvm.line()).isEqualTo("made");
      try (SharedMemory memory = named().open(DType.INT64, 16)) {
        jvm.go();
        assertThat(jvm.line()).isNull();
        assertThat(segment).doesNotExist();
        assertThat(memory.asLongBuffer().get(3)).isEqualTo(42);
      }
    }
  }

  @Test
  void name_ofAJvmThatIsKilled_staysUntilItIsUnlinked() throws Exception {
    try (ChildJvm jvm = ChildJvm.start(NamingJvm.class, name)) {
      assertThat(jvm.line()).isEqualTo("made");
      jvm.kill();
      assertThat(segment).exists();
      try (SharedMemory memory = named().open(DType.INT64, 16)) {
        assertThat(memory.asLongBuffer().get(3)).isEqualTo(42);
      }
      assertThat(SharedMemory.unlink(name)).isTrue();
      assertThat(SharedMemory.unlink(name)).isFalse();
      assertThat(segment).doesNotExist();
    }
  }
}
