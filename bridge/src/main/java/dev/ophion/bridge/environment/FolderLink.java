package dev.ophion.bridge.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A plain folder of packages, which a virtual environment refers to. */
record FolderLink(Path folder) implements Filling {

  @Override
  public String description() {
    return "the folder " + folder;
  }

  @Override
  public boolean offline() {
    return false;
  }

  @Override
  public List<String> pipArguments(Path work) {
    return List.of();
  }

  @Override
  public void finish(Path sitePackages) throws IOException {
    // addsitedir and not the bare path: the folder may have .pth files of its own. Escapes keep
    // quotes and everything else out of the line of code.
    String escaped =
        folder
            .toString()
            .codePoints()
            .mapToObj(character -> "\\U%08x".formatted(character))
            .collect(Collectors.joining());
    Files.writeString(
        sitePackages.resolve("ophion_folder.pth"),
        "import site; site.addsitedir('" + escaped + "')\n");
  }
}
