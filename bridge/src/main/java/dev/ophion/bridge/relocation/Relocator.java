package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes a changed copy of a shared object: a new name, other dependencies, an absolute run path,
 * and no symbols that exist once in a process ({@code STB_GNU_UNIQUE}), so that it can be loaded
 * beside the original and beside other copies and has its own data.
 *
 * <p>Threading: thread-safe; two threads or processes may write one copy at once, and either result
 * is complete.
 */
public final class Relocator {

  private static final AtomicLong COUNTER = new AtomicLong();

  private Relocator() {}

  /**
   * Writes a copy. It appears in one step: nobody sees it half written, and a copy that is there
   * already is replaced. Only its owner may read it. It is not forced to disk, so a power cut may
   * leave it incomplete: its size tells.
   *
   * @param original the file to copy, for the processor of this JVM; a copy may be copied again
   * @param copy where to; its folder has to exist
   * @return the size of the copy
   * @throws ElfException if the original cannot be relocated; there is no copy then
   * @throws IOException if the original cannot be read or the copy cannot be written
   */
  public static long relocate(Path original, Path copy, Relocation change) throws IOException {
    return relocate(original, copy, change, Machine.host());
  }

  static long relocate(Path original, Path copy, Relocation change, @Nullable Machine machine)
      throws IOException {
    Path temporary = temporaryName(copy);
    try (ElfReader reader = ElfReader.open(original)) {
      ElfContent content = ElfContent.read(reader);
      if (content.layout().machine() != machine) {
        throw reader.malformed(
            "made for " + content.layout().machine(),
            machine == null ? "another processor than this JVM's" : machine.toString());
      }
      CopyWriter.requireApart(content);
      ElfFile before = content.toFile();
      long size = CopyWriter.write(content, change, temporary);
      reader.requireUnchanged();
      requireResult(before, change, temporary);
      Files.move(temporary, copy, StandardCopyOption.ATOMIC_MOVE);
      return size;
    } catch (IOException | RuntimeException | Error e) {
      deleteAfter(e, temporary);
      throw e;
    }
  }

  /**
   * Tells whether a copy is there and as long as it was written. The segment that is added to a
   * copy is its end, so its own headers say how long it has to be.
   *
   * @throws IOException if it cannot be read
   */
  public static boolean isComplete(Path copy) throws IOException {
    try (ElfReader reader = ElfReader.open(copy)) {
      Segment added = added(reader);
      return added.offset() + added.fileSize() == reader.size();
    } catch (NoSuchFileException | ElfException e) {
      return false;
    }
  }

  /**
   * Returns where in a copy the segment begins that was added to it, which has all of its names and
   * is its end.
   *
   * @throws ElfException if it is no copy
   * @throws IOException if it cannot be read
   */
  public static long addedSegment(Path copy) throws IOException {
    try (ElfReader reader = ElfReader.open(copy)) {
      return added(reader).offset();
    }
  }

  private static Segment added(ElfReader reader) throws IOException {
    @Nullable Segment last = null;
    for (Segment segment : ElfLayout.read(reader).segments()) {
      last = segment.isLoad() ? segment : last;
    }
    if (last == null) {
      throw reader.malformed("no segment to load", "at least one");
    }
    return last;
  }

  private static Path temporaryName(Path copy) {
    long pid = ProcessHandle.current().pid();
    String name = ".relocating-" + pid + '-' + COUNTER.incrementAndGet() + '-' + System.nanoTime();
    return copy.resolveSibling(name);
  }

  private static void deleteAfter(Throwable failure, Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Reads the copy as anybody will. Tables of a forged file may lie one over the other, so that
   * changing one changes the other too.
   */
  private static void requireResult(ElfFile before, Relocation change, Path temporary)
      throws IOException {
    List<String> versionFiles = new ArrayList<>();
    for (String file : before.versionFiles()) {
      versionFiles.add(change.renamed(file));
    }
    ElfFile expected =
        new ElfFile(
            temporary,
            before.machine(),
            change.soname(),
            List.copyOf(NewSegment.needed(before.needed(), change)),
            change.runPath(),
            versionFiles,
            before.undefinedSymbols(),
            before.pythonSymbols());
    String seen;
    try {
      if (ElfFile.read(temporary).equals(expected)) {
        return;
      }
      seen = "other names or symbols";
    } catch (ElfException e) {
      seen = e.getMessage();
    }
    throw new ElfException(
        before.path(),
        "its copy does not read as it was written (" + seen + ")",
        "tables that do not overlap");
  }
}
