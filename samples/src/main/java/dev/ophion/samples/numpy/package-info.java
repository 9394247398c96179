/** NumPy in two private images at the same time, over one array: the README's example. */
@NullMarked
package dev.ophion.samples.numpy;

import org.jspecify.annotations.NullMarked;
