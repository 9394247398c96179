package dev.ophion.bridge.output;

import dev.ophion.bridge.codec.Decoder;
import dev.ophion.bridge.codec.NoReferences;
import dev.ophion.bridge.failure.PythonFailures;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Records of Python's {@code logging} for SLF4J. Stateless. */
public final class LogRecords {

  private static final String PYTHONS_ROOT = "root";

  private LogRecords() {}

  public static boolean isWanted(int level, String logger) {
    return logger(logger).isEnabledForLevel(slf4j(level));
  }

  /** Takes (logger, message, description of an exception or None). */
  public static void log(int level, byte[] entry) {
    Decoder decoder = new Decoder(NoReferences.INSTANCE);
    decoder.begin(ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN));
    List<?> fields = (List<?>) Objects.requireNonNull(decoder.value());
    @Nullable Object description = fields.get(2);
    logger((String) fields.get(0))
        .atLevel(slf4j(level))
        .setCause(description == null ? null : PythonFailures.logged(description))
        .log((String) fields.get(1));
  }

  private static Logger logger(String name) {
    return LoggerFactory.getLogger(name.equals(PYTHONS_ROOT) ? Logger.ROOT_LOGGER_NAME : name);
  }

  /** The highest level that is not above Python's. */
  private static Level slf4j(int level) {
    if (level >= 40) {
      return Level.ERROR;
    }
    if (level >= 30) {
      return Level.WARN;
    }
    if (level >= 20) {
      return Level.INFO;
    }
    return level >= 10 ? Level.DEBUG : Level.TRACE;
  }
}
