package dev.ophion.bridge.interpreter;

import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import java.time.Duration;

/**
 * What an interpreter is made of.
 *
 * @param id its number in upcalls
 * @param name its and its carrier's name
 * @param isolation subinterpreter, or main interpreter of an image
 * @param options the user's options
 * @param closeTimeout how long its close waits
 * @param ownGil {@code false} to share the main interpreter's GIL
 */
record InterpreterSetup(
    long id,
    String name,
    Isolation isolation,
    InterpreterOptions options,
    Duration closeTimeout,
    boolean ownGil) {}
