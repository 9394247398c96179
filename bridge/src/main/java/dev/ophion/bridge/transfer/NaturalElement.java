package dev.ophion.bridge.transfer;

import dev.ophion.RecordField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An element of any type as the Java object that it naturally is. Stateless. */
final class NaturalElement {

  private NaturalElement() {}

  static @Nullable Object get(Element element, long at) {
    TextElement text = new TextElement(element);
    return switch (element.type().kind()) {
      case BOOL -> element.getBoolean(at);
      case INT, UINT -> element.getInteger(at);
      case FLOAT -> element.getDouble(at);
      case COMPLEX -> element.getComplex(at);
      case DATETIME -> date(element, at);
      case TIMEDELTA -> duration(element, at);
      case STRING -> text.getString(at);
      case BYTES -> text.getByteString(at);
      case CHAR, VOID, OPAQUE -> text.getBytes(at);
      case RECORD -> record(element, at);
    };
  }

  private static @Nullable Object date(Element element, long at) {
    return new TimeElement(element).getDateTime(at);
  }

  private static @Nullable Object duration(Element element, long at) {
    TimeElement time = new TimeElement(element);
    if (time.isFixed()) {
      return time.getDuration(at);
    }
    long count = element.getLong(at);
    return count == Long.MIN_VALUE ? null : count;
  }

  private static Map<String, @Nullable Object> record(Element element, long at) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (RecordField field : element.type().fields()) {
      Element inner = new Element(element.cells(), field.dtype());
      values.put(field.name(), values(inner, field.shape(), at + field.offsetBytes()));
    }
    return values;
  }

  /** A value, or lists of them in the order of the shape. */
  private static @Nullable Object values(Element element, List<Integer> shape, long at) {
    if (shape.isEmpty()) {
      return get(element, at);
    }
    List<Integer> inner = shape.subList(1, shape.size());
    long step = element.type().itemSizeBytes();
    for (int length : inner) {
      step *= length;
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < shape.get(0); i++) {
      values.add(values(element, inner, at + i * step));
    }
    return values;
  }
}
