package dev.ophion.bridge;

import dev.ophion.bridge.cache.CacheDirectory;
import dev.ophion.bridge.distribution.DistributionCache;
import dev.ophion.natives.NativeLibraries;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Says where native code is unpacked, for tests that start no runtime. */
public final class TestNatives implements LauncherSessionListener {

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    // Without the build's own folder the tests call nothing native.
    if (System.getProperty("dev.ophion.cache") != null) {
      NativeLibraries.unpackInto(CacheDirectory.prepare(DistributionCache.defaultDirectory()));
    }
  }
}
