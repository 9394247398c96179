package dev.ophion.bridge.copies;

import dev.ophion.bridge.distribution.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a file tells about which file it is, and in which state.
 *
 * @param place device and inode: two paths of one place are one file, as for the dynamic loader
 * @param sizeBytes its size
 * @param modifiedNanos when its content was last changed, or what a program set instead
 * @param changedNanos when anything about it was last changed; no program can set this
 * @param other its mode, owner and number of links
 */
record FileIdentity(
    Place place, long sizeBytes, long modifiedNanos, long changedNanos, Other other) {

  /** Which file of the machine. */
  record Place(long device, long inode) {

    // What the compiler makes for records costs each start of a JVM some 15 ms.
    @Override
    public boolean equals(@Nullable Object object) {
      return object instanceof Place that && device == that.device && inode == that.inode;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(31 * device + inode);
    }
  }

  /** What changes {@link FileIdentity#changedNanos} and is not content. */
  record Other(int mode, int owner, int group, int links) {

    boolean isSameAs(Other that) {
      return mode == that.mode && owner == that.owner && group == that.group && links == that.links;
    }
  }

  private static final int TYPE_MASK = 0170000;
  private static final int REGULAR = 0100000;

  /**
   * Looks at a file, through links.
   *
   * @throws NoSuchFileException if it is missing or no regular file
   */
  static FileIdentity of(Path file) throws IOException {
    Map<String, Object> read =
        Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime,mode,uid,gid,nlink");
    Attributes attributes = new Attributes(read);
    int mode = (int) attributes.number("mode");
    if ((mode & TYPE_MASK) != REGULAR) {
      throw new NoSuchFileException(file.toString(), null, "not a regular file");
    }
    return new FileIdentity(
        new Place(attributes.number("dev"), attributes.number("ino")),
        attributes.number("size"),
        attributes.nanos("lastModifiedTime"),
        attributes.nanos("ctime"),
        new Other(
            mode,
            (int) attributes.number("uid"),
            (int) attributes.number("gid"),
            (int) attributes.number("nlink")));
  }

  /**
   * Tells whether the content is still that of an earlier look. A new link to a file changes its
   * time of change as new content does; installers that link packages into several environments
   * would make every running image take its libraries for others.
   */
  boolean hasContentOf(FileIdentity earlier) {
    return place.equals(earlier.place)
        && sizeBytes == earlier.sizeBytes
        && modifiedNanos == earlier.modifiedNanos
        && (changedNanos == earlier.changedNanos || !other.isSameAs(earlier.other));
  }

  /** Returns a hash of the state, for files that are kept from one process to the next. */
  long key() {
    return new Fingerprint()
        .add(place.inode())
        .add(sizeBytes)
        .add(modifiedNanos)
        .add(changedNanos)
        .value();
  }

  private record Attributes(Map<String, Object> values) {
    long number(String name) {
      return ((Number) Objects.requireNonNull(values.get(name))).longValue();
    }

    long nanos(String name) {
      return ((FileTime) Objects.requireNonNull(values.get(name))).to(TimeUnit.NANOSECONDS);
    }
  }
}
