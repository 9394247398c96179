package dev.ophion.bridge.memory;

import dev.ophion.SharedMemoryException;
import dev.ophion.SharedMemoryOptions;
import dev.ophion.SharedMemoryOptions.Backing;

/** Words what the system refuses. Stateless. */
final class MappingFailures {

  private MappingFailures() {}

  static SharedMemoryException notMade(
      SharedMemoryOptions options, long sizeBytes, RuntimeException reason) {
    return failure(
        "%s of %d bytes could not be made".formatted(Mapping.describe(options), sizeBytes),
        reason,
        options);
  }

  static SharedMemoryException notOpened(SharedMemoryOptions options, RuntimeException reason) {
    return failure(Mapping.describe(options) + " could not be opened", reason, options);
  }

  static SharedMemoryException notUnlinked(String name, RuntimeException reason) {
    return new SharedMemoryException(
        "The name '%s' of shared memory could not be removed (%s): it is another user's, or wait for its owner."
            .formatted(name, reason.getMessage()),
        reason);
  }

  static IllegalArgumentException tooSmall(
      SharedMemoryOptions options, long sizeBytes, long presentBytes) {
    return new IllegalArgumentException(
        "%s has %d bytes, and the wanted type and shape take %d: ask for a smaller shape."
            .formatted(Mapping.describe(options), presentBytes, sizeBytes));
  }

  private static SharedMemoryException failure(
      String what, RuntimeException reason, SharedMemoryOptions options) {
    String said = String.valueOf(reason.getMessage());
    return new SharedMemoryException(
        "%s (%s): %s.".formatted(what, said, remedy(said, options)), reason);
  }

  /** By the numbers of errno, since the texts depend on the locale. */
  private static String remedy(String said, SharedMemoryOptions options) {
    if (said.contains("errno 17 ")) {
      return options.backing() == Backing.NAME
          ? "it exists, so open it, choose another name, or remove what a killed process has left"
              + " with SharedMemory.unlink"
          : "it exists, so open it or choose another file";
    } else if (said.contains("errno 2 ")) {
      return options.backing() == Backing.NAME
          ? "there is none, so make it first; a name goes when the process that made it lets go of"
              + " the memory"
          : "the file or its folder does not exist, so make it first";
    } else if (said.contains("errno 13 ") || said.contains("errno 1 ")) {
      return "it may not be accessed like this, so ask for Access.READ_ONLY or change its rights";
    } else if (said.contains("errno 28 ")) {
      return "its file system is full, so make room there, or allow /dev/shm more";
    } else if (said.contains("errno 12 ")) {
      return "the system has not enough memory, so ask for less or raise its limits";
    } else if (said.contains("errno 27 ")) {
      return "a file cannot be that large, so ask for less";
    }
    return "see what the system says";
  }
}
