/** One runnable main class a sample. Each is confined to its main thread. */
@NullMarked
package dev.ophion.samples;

import org.jspecify.annotations.NullMarked;
