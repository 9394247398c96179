package dev.ophion.bridge.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.StartException;
import dev.ophion.bridge.ChildJvm;
import dev.ophion.bridge.distribution.ChildProcess;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CacheLockTest {

  @TempDir Path cache;

  @Test
  void acquire_heldByThisJvm_failsAtTheDeadline() {
    try (CacheLock held = CacheLock.acquire(cache, Duration.ZERO)) {
      assertThat(held.cache()).isEqualTo(cache);
      assertThatThrownBy(() -> CacheLock.acquire(cache, Duration.ZERO))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("another thread of this process");
    }
    CacheLock.acquire(cache, Duration.ZERO).close();
  }

  @Test
  void acquire_triedByOtherClassLoader_leavesTheFileLockInPlace() throws Exception {
    try (CacheLock held = CacheLock.acquire(cache, Duration.ZERO);
        CopyLoader loader = new CopyLoader()) {
      assertThat(held.cache()).isEqualTo(cache);
      Method acquire =
          loader
              .loadClass(CacheLock.class.getName())
              .getDeclaredMethod("acquire", Path.class, Duration.class);
      assertThat(acquire.getDeclaringClass()).isNotSameAs(CacheLock.class);
      acquire.setAccessible(true);
      assertThatThrownBy(() -> acquire.invoke(null, cache, Duration.ZERO))
          .isInstanceOf(InvocationTargetException.class)
          .hasCauseInstanceOf(StartException.class);
      assertThat(probe()).isEqualTo("held");
    }
    assertThat(probe()).isEqualTo("free");
  }

  private String probe() throws Exception {
    try (ChildJvm child = ChildProcess.start("trylock", cache)) {
      assertThat(child.line()).isEqualTo("up");
      child.go();
      return child.line();
    }
  }

  /** Defines the package under test once more and leaves everything else to the usual loader. */
  private static final class CopyLoader extends URLClassLoader {
    CopyLoader() {
      super(
          new URL[] {CacheLock.class.getProtectionDomain().getCodeSource().getLocation()},
          CacheLock.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        if (name.startsWith(CacheLock.class.getPackageName() + ".")) {
          Class<?> known = findLoadedClass(name);
          return known == null ? findClass(name) : known;
        }
        return super.loadClass(name, resolve);
      }
    }
  }
}
