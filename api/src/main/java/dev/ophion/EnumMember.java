package dev.ophion;

import org.jspecify.annotations.Nullable;

/**
 * A member of a Python enum ({@code enum.Enum}) read without a Java class for it; sent back, it is
 * the very same member. Immutable if its value is.
 *
 * @param type the enum's module and qualified name, for example {@code signal:Signals}
 * @param name the member's name, for example {@code SIGINT}
 * @param value the member's value, converted
 */
public record EnumMember(String type, String name, @Nullable Object value) {}
