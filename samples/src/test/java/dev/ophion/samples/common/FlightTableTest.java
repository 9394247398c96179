package dev.ophion.samples.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ShortBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FlightTableTest {

  @Test
  void parse_ofAllFlights_findsEveryFlightGroupAndCancellation() throws IOException {
    FlightTable table = FlightTable.parse(Resources.flightsCsv());

    assertThat(table.flights()).isEqualTo(336_776);
    assertThat(table.groups()).isEqualTo(3_869);
    assertThat(table.startOf(table.groups())).isEqualTo(336_776);
    assertThat(table.carriers()).hasSize(16).contains("UA", "B6");
    assertThat(table.routes()).hasSize(224).contains("EWR-IAH");
    Column delay = table.column("delay");
    assertThat(
            IntStream.range(0, table.flights())
                .filter(flight -> delay.get(flight) == FlightTable.CANCELLED))
        .hasSize(8_255);
  }

  @Test
  void columns_ofAllFlights_listEachFlightOnceAndInItsGroup() throws IOException {
    FlightTable table = FlightTable.parse(Resources.flightsCsv());
    Column row = table.column("row");

    assertThat(IntStream.range(0, table.flights()).map(row::get).distinct()).hasSize(336_776);
    for (int group = 0; group < table.groups(); group++) {
      int last = row.get(table.startOf(group + 1) - 1);
      assertThat(table.column("month").get(last)).isEqualTo(table.group(group).month());
      assertThat(table.carriers().get(table.column("carrier").get(last)))
          .isEqualTo(table.group(group).carrier());
      assertThat(table.routes().get(table.column("route").get(last)))
          .isEqualTo(table.group(group).route());
    }
  }

  @Test
  void parse_ofAnotherHeader_isRefusedWithBothHeaders() {
    byte[] csv = "year,month\n2013,1\n".getBytes(StandardCharsets.US_ASCII);

    assertThatThrownBy(() -> FlightTable.parse(csv))
        .isInstanceOf(IOException.class)
        .hasMessage("The flights begin with year,month, not month,carrier,origin,dest,dep_delay.");
  }

  @Test
  void view_ofAColumn_isDirectReadOnlyAndOverTheSameMemory() {
    Column column = Column.allocate("delay", Column.Type.INT16, 2);
    ShortBuffer view = (ShortBuffer) column.view();

    column.put(1, -300);

    assertThat(view.isDirect()).isTrue();
    assertThat(view.isReadOnly()).isTrue();
    assertThat(view.get(1)).isEqualTo((short) -300);
  }
}
