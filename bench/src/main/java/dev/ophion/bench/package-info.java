/** JMH benchmarks, each with its baseline. JMH owns the threads. */
@NullMarked
package dev.ophion.bench;

import org.jspecify.annotations.NullMarked;
