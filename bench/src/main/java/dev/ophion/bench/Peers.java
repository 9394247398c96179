package dev.ophion.bench;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Other bridges, from PyPI, in a JVM of their own on the same work. They need a CPython that they
 * have a build for or can be built against: the {@code python3} of the machine, in an environment
 * below the report's folder. A peer that cannot be installed or run is left out with a message. Not
 * thread-safe.
 */
final class Peers {

  private static final String JEP = "jep==4.3.2";

  /** The wheel has no jar, whose last version in Maven Central is this one. */
  private static final String PEMJA = "pemja==0.6.0";

  private final Lab lab;
  private final Path environment;

  Peers(Lab lab) {
    this.lab = lab;
    environment = lab.folder("peers");
  }

  /** The numbers of Jep; none if it cannot be had. */
  Map<String, Double> jep() {
    return measured("Jep", this::runJep);
  }

  /** The numbers of pemja; none if it cannot be had. */
  Map<String, Double> pemja() {
    return measured("pemja", this::runPemja);
  }

  private interface Run {
    Map<String, Double> get() throws IOException;
  }

  private static Map<String, Double> measured(String name, Run run) {
    try {
      return run.get();
    } catch (IOException failure) {
      System.err.printf("%s is left out: %s%n", name, failure.getMessage());
      return Map.of();
    }
  }

  private Map<String, Double> runJep() throws IOException {
    install(JEP, "numpy");
    Path packages = packages();
    Path jar = only(packages.resolve("jep"), ".jar");
    return run(
        "JepPeer",
        packages,
        List.of("-Djava.library.path=" + jar.getParent(), "-cp", jar.toString()),
        List.of());
  }

  private Map<String, Double> runPemja() throws IOException {
    String jar =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> entry.contains("pemja"))
            .findFirst()
            .orElseThrow(() -> new IOException("its jar is not on the class path"));
    install(PEMJA);
    return run("PemjaPeer", packages(), List.of("-cp", jar), List.of(executable()));
  }

  private String executable() {
    return environment.resolve("bin/python").toString();
  }

  private void install(String... requirements) throws IOException {
    if (!Files.exists(environment.resolve("bin/python"))) {
      lab.output(
          List.of("python3", "-m", "venv", environment.toString()), lab.folder("peers-venv.log"));
    }
    List<String> command = new ArrayList<>(List.of(executable(), "-m", "pip", "install", "-q"));
    command.addAll(List.of(requirements));
    // Jep is compiled against the JDK that JAVA_HOME names.
    lab.output(
        command, lab.folder("peers-pip.log"), Map.of("JAVA_HOME", System.getProperty("java.home")));
  }

  private Path packages() throws IOException {
    String script = "import sysconfig; print(sysconfig.get_path('purelib'))";
    return Path.of(
        lab.output(List.of(executable(), "-c", script), lab.folder("peers-path.log")).strip());
  }

  private static Path only(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Optional<Path> found = files.filter(file -> file.toString().endsWith(suffix)).findFirst();
      return found.orElseThrow(() -> new IOException(folder + " has no *" + suffix));
    }
  }

  /** Runs a single-file program: the peer's jar is not known when this module is compiled. */
  private Map<String, Double> run(
      String program, Path packages, List<String> options, List<String> arguments)
      throws IOException {
    Path source = lab.folder(program + ".java");
    try (InputStream content = Peers.class.getResourceAsStream("peers/" + program + ".java")) {
      Files.write(source, Objects.requireNonNull(content, program).readAllBytes());
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.addAll(options);
    command.add(source.toString());
    command.addAll(arguments);
    return lab.numbers(command, program, Map.of("PYTHONPATH", packages.toString()));
  }
}
