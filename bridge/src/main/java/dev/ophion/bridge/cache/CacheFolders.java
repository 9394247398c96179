package dev.ophion.bridge.cache;

import dev.ophion.PythonOptions;
import dev.ophion.StartException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where each kind of file is kept: what only a first start writes, what a new list of requirements
 * writes, and what a new library writes may be on different disks.
 *
 * <p>Threading: immutable.
 *
 * @param distribution for the unpacked distribution and Ophion's own libraries
 * @param environments for what pip installs
 * @param copies for the copies of libraries that images load
 */
public record CacheFolders(Path distribution, Path environments, Path copies) {

  private static final String ENVIRONMENTS = "environments";
  private static final String COPIES = "copies";

  // No lambdas, and none below: the first of a JVM cost milliseconds of its start.
  private static final UnaryOperator<@Nullable String> PROPERTIES =
      new UnaryOperator<@Nullable String>() {
        @Override
        public @Nullable String apply(@Nullable String name) {
          return System.getProperty(Objects.requireNonNull(name));
        }
      };

  private static final UnaryOperator<@Nullable String> VARIABLES =
      new UnaryOperator<@Nullable String>() {
        @Override
        public @Nullable String apply(@Nullable String name) {
          return System.getenv(Objects.requireNonNull(name));
        }
      };

  /**
   * Chooses the folders: for each the option of its own, else its property {@code
   * dev.ophion.cache.NAME}, else its variable {@code OPHION_CACHE_NAME}, else its place in the
   * cache folder, which is chosen in the same order.
   *
   * @throws StartException if a path is not valid, or this user has no home folder to keep the
   *     cache in and not every folder is named
   */
  public static CacheFolders of(PythonOptions options) {
    return of(options, PROPERTIES, VARIABLES);
  }

  static CacheFolders of(
      PythonOptions options,
      UnaryOperator<@Nullable String> property,
      UnaryOperator<@Nullable String> variable) {
    Optional<Path> distribution =
        chosen(options.distributionDirectory(), "distribution", property, variable);
    Optional<Path> environments =
        chosen(options.environmentsDirectory(), ENVIRONMENTS, property, variable);
    Optional<Path> copies = chosen(options.copiesDirectory(), COPIES, property, variable);
    if (distribution.isPresent() && environments.isPresent() && copies.isPresent()) {
      return new CacheFolders(distribution.get(), environments.get(), copies.get());
    }
    Path cache =
        options.cacheDirectory().isPresent()
            ? options.cacheDirectory().get()
            : CacheDirectory.defaultDirectory(property, variable);
    CacheFolders all = in(cache);
    return new CacheFolders(
        distribution.orElse(all.distribution),
        environments.orElse(all.environments),
        copies.orElse(all.copies));
  }

  /** Returns the folders of a cache folder that has everything. */
  public static CacheFolders in(Path cache) {
    return new CacheFolders(cache, cache.resolve(ENVIRONMENTS), cache.resolve(COPIES));
  }

  private static Optional<Path> chosen(
      Optional<Path> option,
      String name,
      UnaryOperator<@Nullable String> property,
      UnaryOperator<@Nullable String> variable) {
    if (option.isPresent()) {
      return option;
    }
    Optional<Path> path = path(property.apply(CacheDirectory.PROPERTY + '.' + name));
    return path.isPresent()
        ? path
        : path(variable.apply(CacheDirectory.VARIABLE + '_' + upperCase(name)));
  }

  private static String upperCase(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  private static Optional<Path> path(@Nullable String text) {
    try {
      return text == null || text.isBlank()
          ? Optional.empty()
          : Optional.of(Path.of(text).toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      throw new StartException("The cache folder \"" + text + "\" is no valid path", e);
    }
  }
}
