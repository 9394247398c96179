package dev.ophion.bridge.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Python;
import dev.ophion.StartException;
import dev.ophion.bridge.copies.CopyCache;
import dev.ophion.bridge.copies.CopyRules;
import dev.ophion.bridge.copies.Slot;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.natives.Host;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Images that do not start, or whose files are gone when they end. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class PrivateImageFailureTest {

  /** More than a process has keys for thread-specific values. */
  private static final int MANY = 1100;

  @TempDir Path folder;

  private Path home;
  private Path libpython;
  private ImageFiles files;

  @BeforeEach
  void copyLibpython() throws IOException {
    home = Python.start().executable().getParent().getParent();
    libpython = folder.resolve("libpython3.14.so.1.0");
    Files.copy(home.resolve("libpython3.14.so.1.0"), libpython);
    files = new ImageFiles(CopyCache.open(folder.resolve("cache"), libpython, CopyRules.builtIn()));
  }

  private ImageConfig config(Path root, Path... first) {
    Path stdlib = root.resolve("lib/python3.14");
    List<Path> paths =
        Stream.concat(Stream.of(first), Stream.of(stdlib, stdlib.resolve("lib-dynload"))).toList();
    return new ImageConfig(root, root.resolve("bin/python3.14"), paths, false, false);
  }

  /** As a carrier would: a thread that ends soon after. */
  private static void onThread(Runnable task) throws Throwable {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                task.run();
                done.complete(null);
              } catch (Throwable failure) {
                done.completeExceptionally(failure);
              }
            },
            "carrier",
            16L << 20);
    thread.start();
    thread.join();
    try {
      done.get(0, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause();
    }
  }

  private List<String> mapped() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains(folder.toString())).toList();
    }
  }

  @Test
  void engine_thatCannotBeOpened_leavesNothingMapped() throws Throwable {
    String copy = files.copies().libpython(new Slot(77)).toString();
    for (int i = 0; i < MANY; i++) {
      assertThatThrownBy(() -> onThread(() -> Host.openImage(copy, "/does/not/exist.so", 77)))
          .isInstanceOf(RuntimeException.class)
          .hasMessageContaining("/does/not/exist.so");
    }
    assertThat(mapped()).isEmpty();
    PrivateImage image = new PrivateImage(config(home), files);
    onThread(
        () -> {
          Host.endInterpreter(image.newInterpreter(0, true));
          image.interpreterEnded();
        });
  }

  @Test
  void copies_removedBeforeTheyAreOpened_areMadeAgain() throws Throwable {
    AtomicInteger attempts = new AtomicInteger();
    System.setProperty(MemoryCopies.ON_DISK, "true");
    onThread(
        () -> {
          ImageSlots.Loading loading = ImageSlots.take(files);
          LoadedImage image =
              LoadedImage.open(
                  loading,
                  (libpython, engine, slot) -> {
                    if (attempts.getAndIncrement() == 0) {
                      assertThat(new File(libpython).delete()).isTrue();
                      assertThat(new File(engine).delete()).isTrue();
                    }
                    return Host.openImage(libpython, engine, slot);
                  });
          assertThat(image.close(loading, true)).isTrue();
          ImageSlots.free(loading, false);
        });
    System.clearProperty(MemoryCopies.ON_DISK);
    assertThat(attempts).hasValue(2);
    assertThat(mapped()).isEmpty();
  }

  @Test
  void copy_onAnInterruptedThread_isMadeInMemory_andTheThreadStaysInterrupted() {
    files.copies().libpython(Slot.SHARED);
    MemoryCopies memory = MemoryCopies.of(new Slot(78));
    Thread.currentThread().interrupt();
    try {
      assertThat(memory.open(files.copies(), libpython, false).toString())
          .startsWith("/proc/self/fd/");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
      memory.forget();
    }
  }

  @Test
  void cpython_thatDoesNotStart_leavesNothingMapped_andTheSlotUsable() throws Throwable {
    int open = ImageSlots.open();
    PrivateImage broken = new PrivateImage(config(folder.resolve("nothing")), files);
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> onThread(() -> broken.newInterpreter(0, true)))
          .isInstanceOf(StartException.class);
    }
    assertThat(mapped()).isEmpty();
    assertThat(ImageSlots.open()).isEqualTo(open);
  }

  @Test
  void threadOfSite_thatOutlivesAFailedStart_findsItsCode() throws Throwable {
    int retired = ImageSlots.retired();
    Path fifo = folder.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Path site = Files.createDirectory(folder.resolve("site"));
    Files.writeString(
        site.resolve("sitecustomize.py"),
        "import _thread\n_thread.start_new_thread(open, ('%s',))\nraise SystemExit(3)\n"
            .formatted(fifo));
    PrivateImage image = new PrivateImage(config(home, site), files);
    assertThatThrownBy(() -> onThread(() -> image.newInterpreter(0, true)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("SystemExit: 3");
    try (RandomAccessFile writer = new RandomAccessFile(fifo.toFile(), "rw")) {
      writer.write(1);
    }
    assertThat(ImageSlots.retired()).isEqualTo(retired + 1);
  }

  @Test
  void image_whoseOriginalIsGone_endsAndIsUnmapped() throws Throwable {
    int retired = ImageSlots.retired();
    PrivateImage image = new PrivateImage(config(home), files);
    onThread(
        () -> {
          long interpreter = image.newInterpreter(0, true);
          try {
            Files.delete(libpython);
          } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
          }
          Host.endInterpreter(interpreter);
          image.interpreterEnded();
        });
    assertThat(mapped()).isEmpty();
    assertThat(ImageSlots.retired()).isEqualTo(retired);
  }

  @Test
  void sharedImage_fromAnotherCacheFolder_isRefusedWithTheRemedy() {
    assertThatThrownBy(() -> SharedImage.start(config(home), files))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(libpython.toString())
        .hasMessageContaining("start with the same cacheDirectory as before");
  }

  @Test
  void libraryOfAPackage_inTheDistributionsOwnFolder_isNotTakenForTheStandardLibrarys() {
    Path stdlib = home.resolve("lib/python3.14");
    assertThat(PrivateImage.isStandard(stdlib.resolve("lib-dynload/_json.so"), home)).isTrue();
    assertThat(PrivateImage.isStandard(stdlib.resolve("site-packages/a/_b.so"), home)).isFalse();
  }
}
