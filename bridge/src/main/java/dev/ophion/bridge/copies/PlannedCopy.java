package dev.ophion.bridge.copies;

import dev.ophion.bridge.relocation.Relocation;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A copy that an image uses, whether or not its file has been made.
 *
 * <p>Threading: guarded by its slot.
 */
final class PlannedCopy {

  /** Says how the file is changed; asked only where it has to be made. */
  interface Change {
    Relocation get();
  }

  private final Path original;
  private final KnownFiles.Known file;
  private final String name;
  private final Change change;
  private final Set<PlannedCopy> dependencies = new LinkedHashSet<>();
  private boolean verified;

  PlannedCopy(Path original, KnownFiles.Known file, String name, Change change) {
    this.original = original;
    this.file = file;
    this.name = name;
    this.change = change;
  }

  Path original() {
    return original;
  }

  KnownFiles.Known file() {
    return file;
  }

  /** Returns the file name of the shared slot's copy, which is its SONAME as well. */
  String name() {
    return name;
  }

  Relocation change() {
    return change.get();
  }

  void dependOn(PlannedCopy copy) {
    dependencies.add(copy);
  }

  /** Returns what it depends on and then this copy: dependencies first, but for circles. */
  List<PlannedCopy> inLoadingOrder() {
    Set<PlannedCopy> found = new LinkedHashSet<>();
    addInLoadingOrder(new HashSet<>(), found);
    return new ArrayList<>(found);
  }

  private void addInLoadingOrder(Set<PlannedCopy> visited, Set<PlannedCopy> found) {
    if (visited.add(this)) {
      for (PlannedCopy dependency : dependencies) {
        dependency.addInLoadingOrder(visited, found);
      }
      found.add(this);
    }
  }

  /** Returns this copy and all that it depends on. */
  List<PlannedCopy> withDependencies() {
    Set<PlannedCopy> found = new LinkedHashSet<>(Set.of(this));
    Deque<PlannedCopy> pending = new ArrayDeque<>();
    PlannedCopy copy = this;
    while (copy != null) {
      for (PlannedCopy dependency : copy.dependencies) {
        if (found.add(dependency)) {
          pending.add(dependency);
        }
      }
      copy = pending.poll();
    }
    return new ArrayList<>(found);
  }

  /** Tells whether this process has seen that its file is complete. */
  boolean isVerified() {
    return verified;
  }

  void setVerified() {
    verified = true;
  }
}
