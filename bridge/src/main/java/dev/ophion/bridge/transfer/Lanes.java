package dev.ophion.bridge.transfer;

import dev.ophion.DType;
import dev.ophion.NotTransferableException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which array classes hold which types. Stateless.
 *
 * @param lane the numbers of the class
 * @param perItem how many of them an element is
 */
record Lanes(Lane lane, int perItem) {

  /** The natural one comes first. */
  private static List<Lane> of(DType type) {
    return switch (type.kind()) {
      case BOOL -> List.of(Lane.BOOLEAN);
      case INT -> List.of(integer(type.itemSizeBytes()));
      case UINT ->
          type.itemSizeBytes() == Short.BYTES
              ? List.of(Lane.CHAR, Lane.SHORT)
              : List.of(integer(type.itemSizeBytes()));
      case FLOAT ->
          switch (type.itemSizeBytes()) {
            case Double.BYTES -> List.of(Lane.DOUBLE);
            case Float.BYTES -> List.of(Lane.FLOAT);
            default -> List.of(Lane.HALF, Lane.SHORT);
          };
      case COMPLEX -> List.of(type.itemSizeBytes() == 2 * Double.BYTES ? Lane.DOUBLE : Lane.FLOAT);
      case DATETIME, TIMEDELTA -> List.of(Lane.LONG);
      case STRING -> List.of(Lane.INT);
      case BYTES, CHAR, VOID, RECORD, OPAQUE -> List.of(Lane.BYTE);
    };
  }

  private static Lane integer(int bytes) {
    return switch (bytes) {
      case Long.BYTES -> Lane.LONG;
      case Integer.BYTES -> Lane.INT;
      case Short.BYTES -> Lane.SHORT;
      default -> Lane.BYTE;
    };
  }

  /**
   * Finds the numbers of a class in a type.
   *
   * @throws NotTransferableException if it does not hold the type exactly
   */
  static Lanes of(DType type, Class<?> array) {
    for (Lane lane : of(type)) {
      if (lane.array() == array) {
        return new Lanes(lane, type.itemSizeBytes() / lane.bytes());
      }
    }
    String fitting =
        of(type).stream()
            .map(lane -> lane.array().getSimpleName())
            .collect(Collectors.joining(" or "));
    throw new NotTransferableException(
        "An array of format '%s' does not fit %s: take %s."
            .formatted(type, array.getSimpleName(), fitting),
        "the array",
        null);
  }
}
