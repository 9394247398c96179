/**
 * Values between Java and the tagged binary form of wire.h: {@link dev.ophion.bridge.codec.Encoder}
 * writes a request, {@link dev.ophion.bridge.codec.Decoder} reads a reply and converts it to the
 * class that the caller wants, {@link dev.ophion.bridge.codec.Scratch} owns the memory of both. The
 * table of conversions stands in the guide, api/guide/values.md.
 *
 * <p>Encoders, decoders and scratch memory are confined to one thread at a time and are meant to be
 * kept and used again. Handles, loans and arrays are made by whoever implements {@link
 * dev.ophion.bridge.codec.References}.
 */
@NullMarked
package dev.ophion.bridge.codec;

import org.jspecify.annotations.NullMarked;
