package dev.ophion.bridge.codec;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/** Dates and times of Python as java.time has them. */
final class TimeDecoder {

  private static final int NAIVE = 0;
  private static final int REGION = 2;
  private static final int SECONDS_PER_DAY = 86_400;

  private TimeDecoder() {}

  static LocalDate date(ByteBuffer in) {
    return LocalDate.of(in.getInt(), in.get(), in.get());
  }

  static Object time(ByteBuffer in) {
    LocalTime time = clock(in);
    if (in.get() == NAIVE) {
      return time;
    }
    return OffsetTime.of(time, ZoneOffset.ofTotalSeconds(in.getInt()));
  }

  static Object dateTime(ByteBuffer in, Decoder texts) {
    LocalDateTime local = LocalDateTime.of(date(in), clock(in));
    int kind = in.get();
    if (kind == NAIVE) {
      return local;
    }
    String key = kind == REGION ? texts.str() : null;
    ZoneOffset offset = ZoneOffset.ofTotalSeconds(in.getInt());
    if (key != null) {
      try {
        // By the instant, since Python also has local times that a change of offset skips.
        return ZonedDateTime.ofInstant(local, offset, ZoneId.of(key));
      } catch (DateTimeException unknownZone) {
        return OffsetDateTime.of(local, offset);
      }
    }
    return OffsetDateTime.of(local, offset);
  }

  static Duration duration(ByteBuffer in) {
    long days = in.getInt();
    long seconds = in.getInt();
    return Duration.ofSeconds(days * SECONDS_PER_DAY + seconds, in.getInt());
  }

  /** Its fold is dropped; the offset says the same. */
  private static LocalTime clock(ByteBuffer in) {
    int hour = in.get();
    int minute = in.get();
    int second = in.get();
    int nanosecond = in.getInt();
    in.get();
    return LocalTime.of(hour, minute, second, nanosecond);
  }
}
