package dev.ophion.bridge.codec;

/**
 * A lease on memory of Java.
 *
 * @param lease its number in the host
 * @param address where the memory begins
 */
public record Loan(long lease, long address) {}
