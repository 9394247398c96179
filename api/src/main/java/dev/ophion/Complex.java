package dev.ophion;

/**
 * Python's {@code complex}. Immutable.
 *
 * @param real the real part
 * @param imaginary the imaginary part
 */
public record Complex(double real, double imaginary) {}
