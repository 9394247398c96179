/**
 * How the API finds the runtime that stands behind it. Users never call this package; it is
 * exported so that {@link java.util.ServiceLoader} can load a provider from another module.
 */
@NullMarked
package dev.ophion.spi;

import org.jspecify.annotations.NullMarked;
