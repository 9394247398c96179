/** The runtime: starts images and interpreters. Thread-safe. */
@NullMarked
package dev.ophion.bridge.runtime;

import org.jspecify.annotations.NullMarked;
