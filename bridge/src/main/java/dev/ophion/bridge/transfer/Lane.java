package dev.ophion.bridge.transfer;

import java.nio.ByteBuffer;

/** How the numbers of one primitive array class lie in memory. Buffers have the numbers' order. */
enum Lane {
  BYTE(byte[].class, Byte.BYTES) {
    @Override
    void read(ByteBuffer from, Object to, int at, int count) {
      from.get((byte[]) to, at, count);
    }

    @Override
    void write(ByteBuffer to, Object from, int at, int count) {
      to.put((byte[]) from, at, count);
    }
  },
  BOOLEAN(boolean[].class, Byte.BYTES) {
    @Override
    void read(ByteBuffer from, Object to, int at, int count) {
      boolean[] array = (boolean[]) to;
      for (int i = 0; i < count; i++) {
        array[at + i] = from.get(from.position() + i) != 0;
      }
    }

    @Override
    void write(ByteBuffer to, Object from, int at, int count) {
      boolean[] array = (boolean[]) from;
      for (int i = 0; i < count; i++) {
        to.put(to.position() + i, (byte) (array[at + i] ? 1 : 0));
      }
    }
  },
  SHORT(short[].class, Short.BYTES) {
    @Override
    void read(ByteBuffer from, Object to, int at, int count) {
      from.asShortBuffer().get((short[]) to, at, count);
    }

    @Override
    void write(ByteBuffer to, Object from, int at, int count) {
      to.asShortBuffer().put((short[]) from, at, count);
    }
  },
  CHAR(char[].class, Character.BYTES) {
    @Override
    void read(ByteBuffer from, Object to, int at, int count) {
      from.asCharBuffer().get((char[]) to, at, count);
    }

    @Override
    void write(ByteBuffer to, Object from, int at, int count) {
      to.asCharBuffer().put((char[]) from, at, count);
    }
  },
  INT(int[].class, Integer.BYTES) {
    @Override
    void read(ByteBuffer from, Object to, int at, int count) {
      from.asIntBuffer().get((int[]) to, at, count);
    }

    @Override
    void write(ByteBuffer to, Object from, int at, int count) {
      to.asIntBuffer().put((int[]) from, at, count);
    }
  },
  LONG(long[].class, Long.BYTES) {
    @Override
    void read(ByteBuffer from, Object to, int at, int count) {
      from.asLongBuffer().get((long[]) to, at, count);
    }

    @Override
    void write(ByteBuffer to, Object from, int at, int count) {
      to.asLongBuffer().put((long[]) from, at, count);
    }
  },
  FLOAT(float[].class, Float.BYTES) {
    @Override
    void read(ByteBuffer from, Object to, int at, int count) {
      from.asFloatBuffer().get((float[]) to, at, count);
    }

    @Override
    void write(ByteBuffer to, Object from, int at, int count) {
      to.asFloatBuffer().put((float[]) from, at, count);
    }
  },
  DOUBLE(double[].class, Double.BYTES) {
    @Override
    void read(ByteBuffer from, Object to, int at, int count) {
      from.asDoubleBuffer().get((double[]) to, at, count);
    }

    @Override
    void write(ByteBuffer to, Object from, int at, int count) {
      to.asDoubleBuffer().put((double[]) from, at, count);
    }
  },
  /** Converted; {@link #SHORT} takes the bits. */
  HALF(float[].class, Short.BYTES) {
    @Override
    void read(ByteBuffer from, Object to, int at, int count) {
      float[] array = (float[]) to;
      for (int i = 0; i < count; i++) {
        array[at + i] = Half.toFloat(from.getShort(from.position() + Short.BYTES * i));
      }
    }

    @Override
    void write(ByteBuffer to, Object from, int at, int count) {
      float[] array = (float[]) from;
      for (int i = 0; i < count; i++) {
        float value = array[at + i];
        short half = Half.of(value);
        if (Half.isOverflow(value, half)) {
          throw new ArithmeticException(
              "The float16 number %d would be %s, which it does not hold."
                  .formatted(at + i, value));
        }
        to.putShort(to.position() + Short.BYTES * i, half);
      }
    }
  };

  private final Class<?> array;
  private final int bytes;

  Lane(Class<?> array, int bytes) {
    this.array = array;
    this.bytes = bytes;
  }

  Class<?> array() {
    return array;
  }

  /** The size of one number in memory. */
  int bytes() {
    return bytes;
  }

  /** From the buffer's position on, which may move. */
  abstract void read(ByteBuffer from, Object to, int at, int count);

  /** The other way. */
  abstract void write(ByteBuffer to, Object from, int at, int count);
}
