package dev.ophion.bridge.codec;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.Temporal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times as Python has them: microseconds, and the years 1 to 9999. They travel in
 * nanoseconds. An {@code Instant} is taken at the microsecond at or before it, since clocks give it
 * nanoseconds; everything else that is finer than a microsecond is refused.
 */
final class TimeEncoder {

  private static final int NAIVE = 0;
  private static final int OFFSET = 1;
  private static final int REGION = 2;
  private static final int SECONDS_PER_DAY = 86_400;
  private static final long MOST_DAYS = 999_999_999;

  private TimeEncoder() {}

  static void temporal(WireWriter out, Temporal value) {
    if (value instanceof LocalDateTime dateTime) {
      dateTime(out, dateTime, 0);
      out.u8(NAIVE);
    } else if (value instanceof LocalDate date) {
      out.u8(Tag.DATE);
      date(out, date);
    } else if (value instanceof LocalTime time) {
      out.u8(Tag.TIME);
      clock(out, time, 0);
      out.u8(NAIVE);
    } else if (value instanceof Instant instant) {
      offsetDateTime(out, utc(instant.truncatedTo(ChronoUnit.MICROS)));
    } else if (value instanceof OffsetDateTime dateTime) {
      offsetDateTime(out, dateTime);
    } else if (value instanceof ZonedDateTime dateTime) {
      zonedDateTime(out, dateTime);
    } else if (value instanceof OffsetTime time) {
      out.u8(Tag.TIME);
      clock(out, time.toLocalTime(), 0);
      offset(out, time.getOffset());
    } else {
      throw new Refusal(
          ("A %s has no counterpart in Python: pass a LocalDate, LocalTime, LocalDateTime, "
                  + "OffsetDateTime, ZonedDateTime or Instant.")
              .formatted(WireWriter.nameOf(value)));
    }
  }

  static void duration(WireWriter out, Duration value) {
    wholeMicroseconds(value.getNano(), "Duration");
    long days = Math.floorDiv(value.getSeconds(), SECONDS_PER_DAY);
    if (Math.abs(days) > MOST_DAYS) {
      throw new Refusal(
          "A timedelta holds %d days at most, the Duration has %d.".formatted(MOST_DAYS, days));
    }
    out.ensure(13);
    out.at.put(Tag.TIME_DELTA).putInt((int) days);
    out.at.putInt((int) Math.floorMod(value.getSeconds(), (long) SECONDS_PER_DAY));
    out.at.putInt(value.getNano());
  }

  private static OffsetDateTime utc(Instant value) {
    try {
      return value.atOffset(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new Refusal(yearMessage(String.valueOf(value)), e);
    }
  }

  private static void offsetDateTime(WireWriter out, OffsetDateTime value) {
    dateTime(out, value.toLocalDateTime(), 0);
    offset(out, value.getOffset());
  }

  private static void zonedDateTime(WireWriter out, ZonedDateTime value) {
    LocalDateTime local = value.toLocalDateTime();
    ZoneOffset offset = value.getOffset();
    String key = regionKey(value.getZone());
    if (key == null) {
      dateTime(out, local, 0);
      offset(out, offset);
      return;
    }
    List<ZoneOffset> valid = value.getZone().getRules().getValidOffsets(local);
    dateTime(out, local, valid.size() == 2 && offset.equals(valid.get(1)) ? 1 : 0);
    out.u8(REGION);
    out.text(key);
    out.u32(offset.getTotalSeconds());
  }

  /** Null for an offset under whatever name; the time zone data knows no UTC+01:00. */
  private static @Nullable String regionKey(ZoneId zone) {
    String id = zone.getId();
    if (zone instanceof ZoneOffset
        || id.equals("UT")
        || id.startsWith("UTC+")
        || id.startsWith("UTC-")
        || id.startsWith("GMT+")
        || id.startsWith("GMT-")
        || id.startsWith("UT+")
        || id.startsWith("UT-")) {
      return null;
    }
    return id;
  }

  private static void offset(WireWriter out, ZoneOffset value) {
    out.u8(OFFSET);
    out.u32(value.getTotalSeconds());
  }

  private static void dateTime(WireWriter out, LocalDateTime value, int fold) {
    out.u8(Tag.DATE_TIME);
    date(out, value.toLocalDate());
    clock(out, value.toLocalTime(), fold);
  }

  private static void date(WireWriter out, LocalDate value) {
    if (value.getYear() < 1 || value.getYear() > 9999) {
      throw new Refusal(yearMessage(value.toString()));
    }
    out.ensure(6);
    out.at.putInt(value.getYear());
    out.at.put((byte) value.getMonthValue()).put((byte) value.getDayOfMonth());
  }

  private static String yearMessage(String value) {
    return "Python's dates have the years 1 to 9999, %s is outside: pass it as text or as a number."
        .formatted(value);
  }

  private static void clock(WireWriter out, LocalTime value, int fold) {
    wholeMicroseconds(value.getNano(), "time");
    out.ensure(8);
    out.at.put((byte) value.getHour()).put((byte) value.getMinute());
    out.at.put((byte) value.getSecond()).putInt(value.getNano()).put((byte) fold);
  }

  private static void wholeMicroseconds(int nanos, String what) {
    if (nanos % 1000 != 0) {
      throw new Refusal(
          "Python has microseconds, the %s has %d nanoseconds: use truncatedTo(ChronoUnit.MICROS)."
              .formatted(what, nanos));
    }
  }
}
