package dev.ophion.bridge.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ClaimTest {

  private int ended;
  private final Lease lease = LeaseTable.ofPython(end -> ended++, 1, 8);
  private final Claim claim = new Claim("array", List.of(lease));

  private static Object fail() {
    throw new IllegalArgumentException("no such type");
  }

  @Test
  void useThatFails_givesItsCountBackAtOnce() {
    assertThatThrownBy(() -> claim.holding(ClaimTest::fail))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> claim.share(further -> fail()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(lease.users()).isEqualTo(1);
    claim.close();
    assertThat(ended).isEqualTo(1);
  }
}
