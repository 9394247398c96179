package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs that tests run; the native build needs them too, so they are there. */
public final class Tools {

  private static final long DEADLINE_SECONDS = 120;

  /** What a program printed, standard error included, and how it ended. */
  public record Result(int status, String output) {}

  private Tools() {}

  public static void require(String program) {
    boolean found =
        Pattern.compile(":")
            .splitAsStream(System.getenv("PATH"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    Assumptions.assumeTrue(found, program + " is not installed; it comes with the C++ compiler");
  }

  public static Result run(Path output, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.redirectOutput(output.toFile()).start();
    if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " took longer than " + DEADLINE_SECONDS + " s");
    }
    return new Result(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
  }

  /** Compiles a source file among the test resources. */
  public static Path compile(String source, Path target, String... options)
      throws IOException, InterruptedException {
    require("g++");
    Path file = target.resolveSibling(source);
    try (var in = Tools.class.getResourceAsStream(source)) {
      Files.write(file, in.readAllBytes());
    }
    List<String> command =
        Stream.of(
                Stream.of("g++", "-std=c++17", "-Wall", "-Werror"),
                Stream.of(options),
                Stream.of("-o", target.toString(), file.toString(), "-ldl", "-lpthread"))
            .flatMap(part -> part)
            .toList();
    Result result = run(target.resolveSibling("compiler.log"), Map.of(), command);
    if (result.status() != 0) {
      throw new AssertionError(result.output());
    }
    return target;
  }
}
