package dev.ophion.bridge.copies;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The system's clock, which tests can set forward. */
final class MovableClock extends Clock {

  private volatile Duration ahead = Duration.ZERO;

  MovableClock forward(Duration duration) {
    ahead = ahead.plus(duration);
    return this;
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(ahead);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
