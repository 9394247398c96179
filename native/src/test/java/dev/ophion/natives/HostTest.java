package dev.ophion.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostTest {

  private static final String LIBPYTHON = System.getProperty("ophion.test.libpython");
  private static final String ENGINE = System.getProperty("ophion.test.engine");

  @TempDir static Path folder;

  @BeforeAll
  static void unpack() {
    NativeLibraries.unpackInto(folder);
  }

  @Test
  void openImage_builtEngine_isAccepted() {
    assertThat(Host.openImage(LIBPYTHON, ENGINE, 0)).isNotZero();
  }

  @Test
  void openImage_missingEngine_namesTheFile() {
    String missing = ENGINE + ".missing";

    assertThatThrownBy(() -> Host.openImage(LIBPYTHON, missing, 0))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining(missing);
  }

  @Test
  void openImage_missingFileWithAnyName_namesIt() {
    String missing = "/missing/ä𝄞€/libpython.so";

    assertThatThrownBy(() -> Host.openImage(missing, ENGINE, 0))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining(missing);
  }

  @Test
  void openImage_nameWithHalfACharacter_isNotFound() {
    assertThatThrownBy(() -> Host.openImage("/missing/\ud834/\0/libpython.so", ENGINE, 0))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining("/missing/\ufffd/");
  }

  @Test
  void viewMemory_ofAllocatedMemory_isThatMemory() {
    long address = Host.allocateMemory(16);
    try {
      ByteBuffer first = DirectBuffers.view(address, 16);
      ByteBuffer second = DirectBuffers.view(address + 8, 8);
      first.putLong(8, 42);
      assertThat(second.getLong(0)).isEqualTo(42);
      assertThat(DirectBuffers.addressOf(first.position(4))).isEqualTo(address);
      assertThat(DirectBuffers.addressOf(second.asLongBuffer())).isEqualTo(address + 8);
    } finally {
      Host.releaseMemory(address);
    }
  }
}
