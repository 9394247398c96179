package dev.ophion.bridge.codec;

/**
 * A buffer in the sense of PEP 3118. The arrays are not copied.
 *
 * @param address of the exporter's first byte
 * @param sizeBytes of the whole exporter
 * @param readOnly whether it may not be written
 * @param format in the notation of {@code struct}, with a byte order if that is not native
 * @param itemSizeBytes size of an element
 * @param shape length of each dimension, in elements
 * @param strides step of each dimension, in bytes
 */
// Only carries its parts from the wire to whoever keeps them; never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Memory(
    long address,
    long sizeBytes,
    boolean readOnly,
    String format,
    int itemSizeBytes,
    long[] shape,
    long[] strides) {}
