package dev.ophion.bridge.transfer;

import dev.ophion.DType;
import dev.ophion.DateUnit;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** NumPy's dates and durations as those of Java. Immutable. */
final class TimeElement {

  private static final long NAT = Long.MIN_VALUE;
  private static final int NANO_DIGITS = 9;

  private final Element element;
  private final DateUnit unit;
  private final int unitCount;

  TimeElement(Element element) {
    this.element = element;
    unit = element.type().unit();
    unitCount = element.type().unitCount();
  }

  @Nullable LocalDateTime getDateTime(long at) {
    require(DType.Kind.DATETIME, "a date");
    long steps = element.bits64(at);
    if (steps == NAT) {
      return null;
    }
    try {
      long count = Math.multiplyExact(steps, (long) unitCount);
      return switch (unit) {
        case YEAR -> LocalDate.EPOCH.plusYears(count).atStartOfDay();
        case MONTH -> LocalDate.EPOCH.plusMonths(count).atStartOfDay();
        default -> {
          Duration sinceEpoch = duration(count);
          yield LocalDateTime.ofEpochSecond(
              sinceEpoch.getSeconds(), sinceEpoch.getNano(), ZoneOffset.UTC);
        }
      };
    } catch (DateTimeException e) {
      throw tooFar(steps, e);
    }
  }

  @Nullable Instant getInstant(long at) {
    LocalDateTime value = getDateTime(at);
    return value == null ? null : value.toInstant(ZoneOffset.UTC);
  }

  @Nullable Duration getDuration(long at) {
    require(DType.Kind.TIMEDELTA, "a duration");
    if (unit == DateUnit.YEAR || unit == DateUnit.MONTH || unit == DateUnit.GENERIC) {
      throw element.wrong("a unit of fixed length");
    }
    long steps = element.bits64(at);
    return steps == NAT ? null : duration(Math.multiplyExact(steps, (long) unitCount));
  }

  /** Whether {@link #getDuration} has a chance. */
  boolean isFixed() {
    return unit != DateUnit.YEAR && unit != DateUnit.MONTH && unit != DateUnit.GENERIC;
  }

  private ArithmeticException tooFar(long steps, DateTimeException cause) {
    ArithmeticException failure =
        new ArithmeticException(
            "%d steps of '%s' are out of Java's range: take getLong."
                .formatted(steps, element.type()));
    failure.initCause(cause);
    return failure;
  }

  /** Of a unit of fixed length. */
  private Duration duration(long count) {
    int digits = digits();
    if (digits == 0) {
      return Duration.ofSeconds(Math.multiplyExact(count, secondsOf()));
    } else if (digits <= NANO_DIGITS) {
      long perSecond = tenTo(digits);
      long nanos = Math.floorMod(count, perSecond) * tenTo(NANO_DIGITS - digits);
      return Duration.ofSeconds(Math.floorDiv(count, perSecond), nanos);
    }
    long perNano = tenTo(digits - NANO_DIGITS);
    if (count % perNano != 0) {
      throw new ArithmeticException(
          "%d %s have a part below a nanosecond: take getLong.".formatted(count, unit.symbol()));
    }
    return Duration.ofNanos(count / perNano);
  }

  /** Decimal digits of the unit below a second; 0 for seconds and above. */
  private int digits() {
    return switch (unit) {
      case MILLISECOND -> 3;
      case MICROSECOND -> 6;
      case NANOSECOND -> 9;
      case PICOSECOND -> 12;
      case FEMTOSECOND -> 15;
      case ATTOSECOND -> 18;
      default -> 0;
    };
  }

  private long secondsOf() {
    return switch (unit) {
      case WEEK -> 7 * 86_400L;
      case DAY -> 86_400L;
      case HOUR -> 3_600L;
      case MINUTE -> 60L;
      case SECOND -> 1L;
      default ->
          throw new ArithmeticException(
              "A date or duration of '%s' has no unit: take getLong.".formatted(element.type()));
    };
  }

  private static long tenTo(int digits) {
    long power = 1;
    for (int i = 0; i < digits; i++) {
      power *= 10;
    }
    return power;
  }

  void setDateTime(long at, @Nullable LocalDateTime value) {
    require(DType.Kind.DATETIME, "a date");
    if (value == null) {
      element.bits64(at, NAT);
      return;
    }
    if (unit != DateUnit.YEAR && unit != DateUnit.MONTH) {
      Instant instant = value.toInstant(ZoneOffset.UTC);
      put(at, count(instant.getEpochSecond(), instant.getNano(), value), value);
      return;
    }
    long months = Math.addExact(12L * (value.getYear() - 1970), value.getMonthValue() - 1L);
    boolean isWhole =
        value.getDayOfMonth() == 1
            && value.toLocalTime().equals(LocalTime.MIDNIGHT)
            && (unit == DateUnit.MONTH || value.getMonthValue() == 1);
    if (!isWhole) {
      throw element.outOfRange(value);
    }
    put(at, unit == DateUnit.MONTH ? months : months / 12, value);
  }

  void setInstant(long at, @Nullable Instant value) {
    require(DType.Kind.DATETIME, "a date");
    try {
      setDateTime(at, value == null ? null : LocalDateTime.ofInstant(value, ZoneOffset.UTC));
    } catch (DateTimeException e) {
      throw element.outOfRange(String.valueOf(value));
    }
  }

  void setDuration(long at, @Nullable Duration value) {
    require(DType.Kind.TIMEDELTA, "a duration");
    if (value == null) {
      element.bits64(at, NAT);
      return;
    }
    put(at, count(value.getSeconds(), value.getNano(), value), value);
  }

  /** How many units; the nanoseconds are 0 or above. */
  private long count(long seconds, int nanos, Object value) {
    int digits = digits();
    try {
      if (digits == 0) {
        long perUnit = secondsOf();
        if (nanos != 0 || seconds % perUnit != 0) {
          throw element.outOfRange(value);
        }
        return seconds / perUnit;
      }
      // Towards 0, so that the product does not overflow where the sum fits.
      long whole = seconds < 0 && nanos > 0 ? seconds + 1 : seconds;
      long rest = whole == seconds ? nanos : nanos - tenTo(NANO_DIGITS);
      long part;
      if (digits > NANO_DIGITS) {
        part = Math.multiplyExact(rest, tenTo(digits - NANO_DIGITS));
      } else {
        long perUnit = tenTo(NANO_DIGITS - digits);
        if (rest % perUnit != 0) {
          throw element.outOfRange(value);
        }
        part = rest / perUnit;
      }
      return Math.addExact(Math.multiplyExact(whole, tenTo(digits)), part);
    } catch (ArithmeticException e) {
      throw element.outOfRange(value);
    }
  }

  private void put(long at, long count, Object value) {
    if (count % unitCount != 0 || count / unitCount == NAT) {
      throw element.outOfRange(value);
    }
    element.bits64(at, count / unitCount);
  }

  private void require(DType.Kind wanted, String what) {
    if (element.type().kind() != wanted) {
      throw element.wrong(what);
    }
  }
}
