/**
 * Where packages come from. {@link dev.ophion.bridge.environment.EnvironmentResolver#resolve} turns
 * what the user asked for into a {@link dev.ophion.bridge.environment.ResolvedEnvironment}: it
 * checks an environment that is there, or finds or makes one in the cache.
 *
 * <p>A cached environment is installed where it stays, since its scripts and compiled files hold
 * absolute paths, and counts from the moment that its marker is written, which is the last step.
 * One caller installs under a lock that holds across threads and processes.
 *
 * <p>Threading: {@code resolve} may be called by any thread of any process at any time.
 */
@NullMarked
package dev.ophion.bridge.environment;

import org.jspecify.annotations.NullMarked;
