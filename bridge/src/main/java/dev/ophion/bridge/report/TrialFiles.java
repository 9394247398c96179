package dev.ophion.bridge.report;

import dev.ophion.bridge.cache.FileTrees;
import dev.ophion.bridge.report.ProbeResult.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The folder through which a process is told what to import and tells what happened.
 *
 * <p>Threading: confined to one thread.
 *
 * @param folder holds nothing else
 */
record TrialFiles(Path folder) implements AutoCloseable {

  private static final String PROGRAM = "probe.py";

  static TrialFiles make() throws IOException {
    TrialFiles files = new TrialFiles(Files.createTempDirectory("ophion-report-"));
    try (InputStream in = TrialFiles.class.getResourceAsStream(PROGRAM)) {
      if (in == null) {
        throw new IOException("The resource " + PROGRAM + " beside this class is missing");
      }
      Files.copy(in, files.program());
      return files;
    } catch (IOException e) {
      files.close();
      throw e;
    }
  }

  Path program() {
    return folder.resolve(PROGRAM);
  }

  Path task() {
    return folder.resolve("task");
  }

  Path result() {
    return folder.resolve("result");
  }

  /** Writes a task down and removes the last one's result. */
  void begin(ProbeTask task) throws IOException {
    Files.write(task(), task.lines());
    Files.deleteIfExists(result());
  }

  /**
   * Reads what was found out.
   *
   * @param crash what ended the process; ignored if it was through
   */
  ProbeResult read(String crash) throws IOException {
    Set<Refused> refused = new LinkedHashSet<>();
    Set<String> loaded = new LinkedHashSet<>();
    boolean imported = false;
    boolean survived = false;
    boolean isThrough = false;
    String failure = "";
    String last = "";
    for (String line : Files.exists(result()) ? Files.readAllLines(result()) : List.<String>of()) {
      String[] fields = line.split("\t", -1);
      switch (fields[0]) {
        case "refused" -> refused.add(new Refused(fields[1], fields[2]));
        case "failed" -> failure = fields[1];
        case "imported" -> imported = true;
        case "survived" -> survived = true;
        case "trying" -> last = fields[1];
        case "loaded" -> loaded.add(fields[1]);
        case "through" -> isThrough = true;
        default -> throw new IOException("The probe wrote '" + line + "'");
      }
    }
    if (failure.isEmpty() && !isThrough) {
      failure = crash;
    }
    return new ProbeResult(imported, failure, List.copyOf(refused), survived, loaded, last);
  }

  @Override
  public void close() {
    FileTrees.delete(folder);
  }
}
