package dev.ophion;

import java.nio.ByteOrder;
import java.util.stream.Collectors;

/** Writes types in one fixed notation, which NumPy reads too where it knows the type. */
final class DTypeWriter {

  private DTypeWriter() {}

  static String format(DType type) {
    if (type.kind() == DType.Kind.RECORD) {
      return record(type);
    }
    boolean isNative = type.order() == ByteOrder.nativeOrder();
    return (isNative ? "" : mark(type)) + letters(type);
  }

  /** Every field says its byte order: without one PEP 3118 would align it. */
  private static String record(DType type) {
    StringBuilder text = new StringBuilder("T{");
    int end = 0;
    for (RecordField field : type.fields()) {
      gap(field.offsetBytes() - end, text);
      if (!field.shape().isEmpty()) {
        text.append(
            field.shape().stream().map(String::valueOf).collect(Collectors.joining(",", "(", ")")));
      }
      DType inner = field.dtype();
      text.append(inner.kind() == DType.Kind.RECORD ? "" : fieldMark(inner)).append(letters(inner));
      text.append(':').append(field.name()).append(':');
      end = field.offsetBytes() + field.sizeBytes();
    }
    gap(type.itemSizeBytes() - end, text);
    return text.append('}').toString();
  }

  private static void gap(int bytes, StringBuilder text) {
    if (bytes > 0) {
      text.append(bytes == 1 ? "" : String.valueOf(bytes)).append('x');
    }
  }

  private static String fieldMark(DType type) {
    return switch (type.kind()) {
      // Formats that are not known may be native ones alone, such as long double.
      case OPAQUE -> type.opaqueFormat().startsWith(">") ? "" : "^";
      case BOOL, BYTES, CHAR, VOID -> "";
      default -> type.itemSizeBytes() == 1 ? "" : mark(type);
    };
  }

  private static String mark(DType type) {
    return type.order() == ByteOrder.BIG_ENDIAN ? ">" : "<";
  }

  private static String letters(DType type) {
    int size = type.itemSizeBytes();
    return switch (type.kind()) {
      case BOOL -> "?";
      case CHAR -> "c";
      case INT -> letter("bhiq", size);
      case UINT -> letter("BHIQ", size);
      case FLOAT -> letter(" efd", size);
      case COMPLEX -> size == 8 ? "Zf" : "Zd";
      case DATETIME -> "M8" + step(type);
      case TIMEDELTA -> "m8" + step(type);
      case BYTES -> size + "s";
      case STRING -> size / 4 + "w";
      case VOID -> size + "x";
      case RECORD -> record(type);
      case OPAQUE -> type.opaqueFormat();
    };
  }

  private static String letter(String bySize, int size) {
    return String.valueOf(bySize.charAt(Integer.numberOfTrailingZeros(size)));
  }

  private static String step(DType type) {
    if (type.unit() == DateUnit.GENERIC) {
      return "";
    }
    String count = type.unitCount() == 1 ? "" : String.valueOf(type.unitCount());
    return "[" + count + type.unit().symbol() + "]";
  }
}
