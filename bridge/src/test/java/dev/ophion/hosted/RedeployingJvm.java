package dev.ophion.hosted;

import java.io.File;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.lang.runtime.ObjectMethods;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A container: gives applications with Ophion class loaders of their own, and takes them away. */
final class RedeployingJvm {

  static final String DONE = "all class loaders came and went";

  private static final int ROUNDS = 6;
  private static final long MOST_IMAGES = 2;
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private RedeployingJvm() {}

  /** An application and what is to be collected after its end. */
  private record Deployed(URLClassLoader loader, Function<String, Object> tenant) {

    @SuppressWarnings("unchecked")
    static Deployed start() throws Exception {
      List<URL> urls = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
      URLClassLoader loader =
          new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
      return inside(
          loader,
          () ->
              new Deployed(
                  loader,
                  (Function<String, Object>)
                      loader.loadClass(Tenant.class.getName()).getConstructor().newInstance()));
    }

    void require(String expression, Object expected) {
      Object seen = tenant.apply(expression);
      if (!expected.equals(seen)) {
        throw new AssertionError(expression + " is " + seen + ", not " + expected);
      }
    }

    void useEverything() throws Exception {
      inside(loader, () -> tenant.getClass().getMethod("useEverything").invoke(tenant));
    }

    WeakReference<ClassLoader> stop() throws Exception {
      inside(
          loader,
          () -> {
            ((AutoCloseable) tenant).close();
            return null;
          });
      loader.close();
      return new WeakReference<>(loader);
    }
  }

  private interface Work<T> {
    T run() throws Exception;
  }

  /** Runs on a thread of the container, as it would call the application. */
  private static <T> T inside(ClassLoader loader, Work<T> work) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return work.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  public static void main(String[] arguments) throws Throwable {
    switch (arguments[0]) {
      case "one after the other" -> oneAfterTheOther();
      case "side by side" -> sideBySide();
      case "before the last is collected" -> beforeTheLastIsCollected();
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    System.out.println(DONE);
  }

  private static void oneAfterTheOther() throws Throwable {
    for (int round = 0; round < ROUNDS; round++) {
      awaitEnd(runOnce());
    }
    // The JVM takes a library back some time after its class loader has gone.
    long images = mappedImages();
    if (images > MOST_IMAGES) {
      throw new AssertionError(images + " copies of libpython stay after " + ROUNDS + " rounds");
    }
  }

  private static WeakReference<ClassLoader> runOnce() throws Exception {
    Deployed deployed = Deployed.start();
    deployed.require("6 * 7", 42L);
    deployed.useEverything();
    return deployed.stop();
  }

  private static void sideBySide() throws Throwable {
    List<WeakReference<ClassLoader>> stopped = runTwo();
    for (WeakReference<ClassLoader> loader : stopped) {
      awaitEnd(loader);
    }
    awaitEnd(runOnce());
  }

  private static List<WeakReference<ClassLoader>> runTwo() throws Exception {
    Deployed one = Deployed.start();
    Deployed other = Deployed.start();
    one.require("setattr(__import__('sys'), 'owner', 'one') is None", true);
    other.require("setattr(__import__('sys'), 'owner', 'other') is None", true);
    one.require("__import__('sys').owner", "one");
    other.require("__import__('sys').owner", "other");
    one.useEverything();
    WeakReference<ClassLoader> first = one.stop();
    other.useEverything();
    other.require("sum(range(10))", 45L);
    return List.of(first, other.stop());
  }

  private static void beforeTheLastIsCollected() throws Exception {
    List<Deployed> kept = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      Deployed deployed = Deployed.start();
      deployed.require("6 * 7", 42L);
      deployed.stop();
      kept.add(deployed);
    }
    long loaders = kept.stream().map(Deployed::loader).distinct().count();
    if (loaders != ROUNDS) {
      throw new AssertionError(loaders + " class loaders");
    }
  }

  /**
   * On JDK 17, not on 25, a method handle that the JDK keeps for all records keeps the classes of
   * its last use (JDK-8078641). A use for a class of ours takes their place.
   */
  private static void useRecords() throws Throwable {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    MethodHandle value = lookup.findGetter(Deployed.class, "tenant", Function.class);
    for (MethodType method :
        List.of(
            MethodType.methodType(boolean.class, Deployed.class, Object.class),
            MethodType.methodType(int.class, Deployed.class),
            MethodType.methodType(String.class, Deployed.class))) {
      String name =
          method.returnType() == int.class
              ? "hashCode"
              : method.returnType() == boolean.class ? "equals" : "toString";
      ObjectMethods.bootstrap(lookup, name, method, Deployed.class, "tenant", value);
    }
  }

  private static void awaitEnd(WeakReference<ClassLoader> loader) throws Throwable {
    useRecords();
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (loader.get() != null) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("A class loader is kept");
      }
      System.gc();
      Thread.onSpinWait();
    }
  }

  private static long mappedImages() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines
          .filter(line -> line.contains("libpython3.14"))
          .map(line -> line.substring(line.indexOf('/')))
          .distinct()
          .count();
    }
  }
}
