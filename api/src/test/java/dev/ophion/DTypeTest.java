package dev.ophion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DTypeTest {

  @ParameterizedTest
  @CsvSource({
    "?, BOOL, 1, ?",
    "b, INT, 1, b",
    "B, UINT, 1, B",
    "c, CHAR, 1, c",
    "<h, INT, 2, h",
    "@l, INT, 8, q",
    "=l, INT, 4, i",
    ">L, UINT, 4, >I",
    "!q, INT, 8, >q",
    "n, INT, 8, q",
    "N, UINT, 8, Q",
    "e, FLOAT, 2, e",
    ">f, FLOAT, 4, >f",
    "=d, FLOAT, 8, d",
    "Zf, COMPLEX, 8, Zf",
    ">Zd, COMPLEX, 16, >Zd",
    "D, COMPLEX, 16, Zd",
    "10s, BYTES, 10, 10s",
    ">10s, BYTES, 10, 10s",
    "s, BYTES, 1, 1s",
    "w, STRING, 4, 1w",
    ">3w, STRING, 12, >3w",
    "5x, VOID, 5, 5x",
    "M8[ns], DATETIME, 8, M8[ns]",
    ">M8[25s], DATETIME, 8, >M8[25s]",
    "m8, TIMEDELTA, 8, m8",
    "g, OPAQUE, 16, g",
    ">g, OPAQUE, 16, >g",
    "Zg, OPAQUE, 32, Zg",
    "&<i, OPAQUE, 8, &<i",
    "P, OPAQUE, 8, P",
  })
  void parse_simpleFormat_givesItsKindAndSize(
      String format, DType.Kind kind, int size, String canonical) {
    DType type = DType.parse(format);
    assertThat(type.kind()).isEqualTo(kind);
    assertThat(type.itemSizeBytes()).isEqualTo(size);
    assertThat(type.format()).isEqualTo(canonical);
    assertThat(DType.parse(canonical))
        .isEqualTo(type)
        .hasSameHashCodeAs(type)
        .hasToString(canonical);
  }

  @Test
  void parse_recordOfNumpy_followsItsOffsets() {
    DType packed = DType.parse("T{b:a:=d:b:(2,3)h:c:xx4w:d:}");
    assertThat(packed.itemSizeBytes()).isEqualTo(1 + 8 + 12 + 2 + 16);
    assertThat(packed.fields())
        .containsExactly(
            new RecordField("a", DType.INT8, 0, List.of()),
            new RecordField("b", DType.FLOAT64, 1, List.of()),
            new RecordField("c", DType.INT16, 9, List.of(2, 3)),
            new RecordField("d", DType.string(4), 23, List.of()));
    assertThat(packed.format()).isEqualTo("T{b:a:<d:b:(2,3)<h:c:2x<4w:d:}");
    assertThat(DType.parse(packed.format())).isEqualTo(packed);
  }

  @Test
  void parse_nativeRecord_isAlignedLikeAStruct() {
    DType record = DType.parse("T{b:a:d:b:T{h:x:b:y:}:c:3i:d:}");
    assertThat(record.fields()).extracting(RecordField::offsetBytes).containsExactly(0, 8, 16, 20);
    assertThat(record.field("c").dtype().itemSizeBytes()).isEqualTo(4);
    assertThat(record.field("d").shape()).containsExactly(3);
    assertThat(record.itemSizeBytes()).isEqualTo(32);
    assertThat(DType.parse(record.format())).isEqualTo(record);
  }

  @Test
  void parse_severalItemsWithoutNames_areARecord() {
    assertThat(DType.parse("<ih").fields())
        .extracting(RecordField::name)
        .containsExactly("f0", "f1");
    assertThat(DType.parse("3d").field("f0").shape()).containsExactly(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "y",
        "T{",
        "T{}",
        "T{i:a}",
        "T{i:a:i:a:}",
        "(d",
        "(3d",
        "Zi",
        "M8[x]",
        "M8[ns",
        "i:",
        "0s",
        "99999999999s",
        "T{i::}",
        "i}",
        "X{}",
        "\u00e9"
      })
  void parse_unknownFormat_isOpaqueIfItsSizeIsKnown(String format) {
    DType type = DType.parse(format, 3);
    assertThat(type.kind()).isEqualTo(DType.Kind.OPAQUE);
    assertThat(type.itemSizeBytes()).isEqualTo(3);
    assertThat(type.format()).isEqualTo(format);
    assertThat(DType.parse(type.format(), 3)).isEqualTo(type);
    assertThatThrownBy(() -> DType.parse(format))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("item size");
  }

  @Test
  void parse_deepNesting_isOpaque() {
    assertThat(DType.parse("T{".repeat(100_000), 8).kind()).isEqualTo(DType.Kind.OPAQUE);
    assertThat(DType.parse("&".repeat(100_000), 8).kind()).isEqualTo(DType.Kind.OPAQUE);
  }

  @Test
  void parse_formatOfAnotherSize_isOpaque() {
    assertThat(DType.parse("B", 24)).isEqualTo(DType.opaque("B", 24));
    assertThat(DType.parse("d", 8)).isEqualTo(DType.FLOAT64);
    assertThat(DType.parse("T{d:a:i:b:}", 12).kind()).isEqualTo(DType.Kind.OPAQUE);
  }

  @Test
  void parse_recordWithoutTheGapAtItsEnd_getsIt() {
    assertThat(DType.parse("T{=d:a:b:b:}", 16).format()).isEqualTo("T{<d:a:b:b:7x}");
  }

  @Test
  void withOrder_reachesFieldsAndLeavesBytesAlone() {
    DType record = DType.parse("T{<i:a:3s:b:(2)<M8[us]:c:}");
    DType swapped = record.withOrder(ByteOrder.BIG_ENDIAN);
    assertThat(swapped.format()).isEqualTo("T{>i:a:3s:b:(2)>M8[us]:c:}");
    assertThat(swapped).isNotEqualTo(record);
    assertThat(swapped.withOrder(ByteOrder.LITTLE_ENDIAN)).isEqualTo(record);
    assertThat(DType.UINT8.withOrder(ByteOrder.BIG_ENDIAN)).isSameAs(DType.UINT8);
    assertThat(DType.FLOAT64.withOrder(ByteOrder.BIG_ENDIAN).order())
        .isEqualTo(ByteOrder.BIG_ENDIAN);
  }

  @Test
  void factories_refuseWhatCannotBe() {
    RecordField a = new RecordField("a", DType.INT32, 0, List.of());
    assertThatThrownBy(() -> DType.bytes(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DType.string(1 << 30)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DType.datetime64(DateUnit.DAY, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DType.timedelta64(DateUnit.GENERIC, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DType.record(4, List.of(a, a)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a'");
    assertThatThrownBy(() -> DType.record(3, List.of(a)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RecordField("x:y", DType.INT8, 0, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("colon");
    assertThatThrownBy(() -> DType.record(4, List.of(a)).field("b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[a]");
  }
}
