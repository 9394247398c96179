package dev.ophion.bridge.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.ArrayViews;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Views against plain lists of offsets. */
final class GeometryPropertyTest {

  private static final int ITEM = 4;

  /** All offsets in C order. */
  private static List<Long> offsets(Geometry geometry) {
    List<Long> offsets = new ArrayList<>();
    collect(geometry, 0, new long[geometry.shape().length], offsets);
    return offsets;
  }

  private static void collect(Geometry geometry, int axis, long[] index, List<Long> into) {
    if (axis == index.length) {
      into.add(geometry.offset(index));
      return;
    }
    for (long i = 0; i < geometry.shape()[axis]; i++) {
      index[axis] = i;
      collect(geometry, axis + 1, index, into);
    }
  }

  /** Up to three dimensions, transposed and stepped at random. */
  private static Geometry random(Random random) {
    int dimensions = random.nextInt(4);
    long[] shape = new long[dimensions];
    long[] strides = new long[dimensions];
    long step = ITEM;
    for (int i = dimensions - 1; i >= 0; i--) {
      shape[i] = random.nextInt(5);
      strides[i] = step;
      step *= Math.max(1, shape[i]) * (1 + random.nextInt(2));
      strides[i] *= random.nextInt(4) == 0 ? -1 : 1;
    }
    Geometry geometry = Geometry.ofSpan(shape, strides);
    return random.nextBoolean() ? geometry : geometry.transpose(new int[0]);
  }

  @Property
  void span_holdsEveryElementAndNoMore(@ForAll Random random) {
    Geometry geometry = random(random);
    List<Long> offsets = offsets(geometry);
    assertThat((long) offsets.size()).isEqualTo(geometry.size());
    if (offsets.isEmpty()) {
      assertThat(geometry.spanBytes(ITEM)).isZero();
      return;
    }
    long low = offsets.stream().mapToLong(x -> x).min().orElseThrow();
    long high = offsets.stream().mapToLong(x -> x).max().orElseThrow();
    assertThat(geometry.low()).isEqualTo(low).isZero();
    assertThat(geometry.spanBytes(ITEM)).isEqualTo(high - low + ITEM);
  }

  @Property
  void slice_ofOneDimension_isThatOfPython(
      @ForAll @IntRange(max = 6) int length,
      @ForAll @LongRange(min = -9, max = 9) long start,
      @ForAll @LongRange(min = -9, max = 9) long stop,
      @ForAll @LongRange(min = -4, max = 4) long step) {
    Assume.that(step != 0);
    Geometry all = Geometry.ofSpan(new long[] {length}, new long[] {ITEM});
    // -9 stands for None.
    long from = start == -9 ? ArrayViews.NONE : start;
    long to = stop == -9 ? ArrayViews.NONE : stop;
    assertThat(offsets(all.slice(0, from, to, step)))
        .isEqualTo(python(length, from, to, step).stream().map(i -> i * ITEM).toList());
  }

  /** By its definition: i from start by step while before stop, bounds put into range first. */
  private static List<Long> python(long length, long start, long stop, long step) {
    List<Long> indexes = new ArrayList<>();
    long none = ArrayViews.NONE;
    long first = start != none ? (start < 0 ? start + length : start) : step > 0 ? 0 : length - 1;
    long last =
        stop != none ? (stop < 0 ? Math.max(stop + length, -1) : stop) : step > 0 ? length : -1;
    if (step > 0) {
      for (long i = Math.max(first, 0); i < Math.min(last, length); i += step) {
        indexes.add(i);
      }
    } else {
      for (long i = Math.min(first, length - 1); i > Math.max(last, -1); i += step) {
        indexes.add(i);
      }
    }
    return indexes;
  }

  @Property
  void reshape_ifItIsAView_keepsTheOrderOfElements(@ForAll Random random) {
    Geometry geometry = random(random);
    long size = geometry.size();
    long first = 1L + random.nextInt(6);
    long[] wanted = random.nextBoolean() ? new long[] {size} : new long[] {first, -1};
    Geometry seen;
    try {
      seen = geometry.reshape(wanted, ITEM);
    } catch (IllegalArgumentException refused) {
      boolean divides = wanted.length == 1 || size % first == 0;
      assertThat(divides && geometry.isContiguous(ITEM)).isFalse();
      return;
    }
    assertThat(offsets(seen)).isEqualTo(offsets(geometry));
  }

  @Test
  void reshape_ofStridedGroups_isAViewWhereItCanBe() {
    Geometry every = new Geometry(0, new long[] {4, 6}, new long[] {48, 8});
    assertThat(every.reshape(new long[] {24}, ITEM).strides()).containsExactly(8);
    assertThat(every.reshape(new long[] {2, 2, 3, 2}, ITEM).strides())
        .containsExactly(96, 48, 16, 8);
    Geometry columns = new Geometry(0, new long[] {4, 3}, new long[] {48, 8});
    assertThatThrownBy(() -> columns.reshape(new long[] {12}, ITEM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[48, 8]");
    assertThat(columns.reshape(new long[] {2, 2, 1, 3, 1}, ITEM).shape())
        .containsExactly(2, 2, 1, 3, 1);
    assertThatThrownBy(() -> columns.reshape(new long[] {5, -1}, ITEM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("12 elements");
    assertThatThrownBy(() -> columns.reshape(new long[] {-1, -1}, ITEM))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> columns.reshape(new long[] {1L << 62, 4, 0}, ITEM))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void broadcast_repeatsWithStridesOfZero() {
    Geometry row = new Geometry(0, new long[] {1, 3}, new long[] {12, 4});
    Geometry filled = row.broadcast(new long[] {2, 5, 3});
    assertThat(filled.strides()).containsExactly(0, 0, 4);
    assertThat(filled.spanBytes(ITEM)).isEqualTo(12);
    assertThat(row.broadcast(new long[] {1L << 40, 1, 3}).size()).isEqualTo(3L << 40);
    long[] uncountable = {1L << 40, 1L << 40, 1, 3};
    for (long[] wrong : new long[][] {{3}, {2, 4}, {-1, 3}, {0}, uncountable}) {
      assertThatThrownBy(() -> row.broadcast(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void transpose_takesEachDimensionOnce() {
    Geometry geometry = new Geometry(0, new long[] {2, 3, 4}, new long[] {48, 16, 4});
    assertThat(geometry.transpose(new int[] {1, 2, 0}).shape()).containsExactly(3, 4, 2);
    assertThat(geometry.transpose(new int[0]).strides()).containsExactly(4, 16, 48);
    for (int[] wrong : new int[][] {{0, 1}, {0, 1, 1}, {0, 1, 3}, {-1, 0, 1}}) {
      assertThatThrownBy(() -> geometry.transpose(wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
