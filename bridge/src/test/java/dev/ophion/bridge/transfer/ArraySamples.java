package dev.ophion.bridge.transfer;

import dev.ophion.ArrayViews;
import dev.ophion.DType;
import dev.ophion.NdArray;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/** Arrays of every type and layout, filled at random. */
public final class ArraySamples {

  /** How the elements lie. */
  public enum Layout {
    C,
    FORTRAN,
    STEPPED,
    NEGATIVE,
    REPEATED,
    ONE_ELEMENT
  }

  /** Every kind. Records have no gaps, which NumPy does not copy. */
  public static final List<String> FORMATS =
      List.of(
          "?",
          "b",
          "B",
          "c",
          "h",
          "H",
          "i",
          "I",
          "q",
          "Q",
          "e",
          "f",
          "d",
          "Zf",
          "Zd",
          "7s",
          "5w",
          "9x",
          "M8[ns]",
          "M8[25s]",
          "m8[D]",
          "T{<i:id:(2,3)>h:grid:T{<d:x:3s:tag:}:in:}",
          "T{<M8[us]:when:<4w:\u00fcber:}");

  private ArraySamples() {}

  public static DType type(String format, boolean isBigEndian) {
    DType type = DType.parse(format);
    return isBigEndian ? type.withOrder(ByteOrder.BIG_ENDIAN) : type;
  }

  /** Two columns and as many rows; the caller closes it. Bools are 0 or 1, texts code points. */
  public static NdArray random(DType type, int rows, long seed) {
    int size = type.itemSizeBytes() * rows * 2;
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    if (type.kind() == DType.Kind.BOOL || type.kind() == DType.Kind.CHAR) {
      for (int i = 0; i < size; i++) {
        bytes[i] &= 1;
      }
    }
    PinnedArray array =
        TestArrays.over(ByteBuffer.allocateDirect(size).put(bytes).flip(), type, rows, 2);
    if (type.kind() == DType.Kind.STRING) {
      texts(array, seed);
    } else if (type.kind() == DType.Kind.RECORD
        && type.fields().get(1).dtype().kind() == DType.Kind.STRING) {
      texts(array.field(type.fields().get(1).name()), seed);
    }
    return array;
  }

  private static void texts(NdArray array, long seed) {
    Random random = new Random(seed);
    int length = array.itemSizeBytes() / 4;
    for (long i = 0; i < array.shape()[0]; i++) {
      for (long j = 0; j < 2; j++) {
        String text =
            random
                .ints(random.nextInt(length + 1), 1, 0xD800)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        array.setString(text, i, j);
      }
    }
  }

  /** A view in that layout. */
  public static NdArray laidOut(NdArray array, Layout layout) {
    long none = ArrayViews.NONE;
    return switch (layout) {
      case C -> array;
      case FORTRAN -> array.transpose();
      case STEPPED -> array.slice(0, none, none, 2).slice(1, 1, none, 1);
      case NEGATIVE -> array.slice(0, none, none, -1).slice(1, none, none, -1);
      case REPEATED -> array.slice(1, 0, 1, 1).broadcast(array.shape()[0], 3);
      case ONE_ELEMENT -> array.shape()[0] == 0 ? array : array.select(0, 0).select(0, 1);
    };
  }

  /** All elements' bytes in C order. */
  public static byte[] bytes(NdArray array) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    collect(array, 0, new long[array.shape().length], bytes);
    return bytes.toByteArray();
  }

  private static void collect(NdArray array, int axis, long[] index, ByteArrayOutputStream into) {
    if (axis == index.length) {
      into.writeBytes(array.getBytes(index));
      return;
    }
    for (long i = 0; i < array.shape()[axis]; i++) {
      index[axis] = i;
      collect(array, axis + 1, index, into);
    }
  }
}
