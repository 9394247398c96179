/**
 * Java exceptions of what went wrong in Python: {@link dev.ophion.bridge.failure.PythonFailures}
 * makes them of what the support code describes, and {@link dev.ophion.bridge.failure.Submission}
 * keeps the Java frames of a call that another thread completes. Immutable or stateless.
 */
@NullMarked
package dev.ophion.bridge.failure;

import org.jspecify.annotations.NullMarked;
