package dev.ophion;

/**
 * What the runtime holds at one moment. Immutable.
 *
 * @param subinterpreters interpreters with {@link Isolation#SUBINTERPRETER} that have not ended
 * @param images interpreters with {@link Isolation#IMAGE} that have not ended
 * @param retiredImages images of this process that have ended and stay mapped, because compiled
 *     packages were loaded into them; each keeps the memory that its packages took. It only grows
 * @param openLeases pieces of memory that somebody else than their owner may touch
 * @param pythonBytes memory of Python objects that Java or another interpreter may touch
 * @param javaBytes memory of direct buffers that an interpreter may touch
 * @param sharedBytes {@link SharedMemory} of this process, whether an interpreter has it or not
 * @param copiesSizeBytes what the copies of libraries for images take on disk, for all processes
 *     that use this cache
 */
public record RuntimeMetrics(
    int subinterpreters,
    int images,
    int retiredImages,
    long openLeases,
    long pythonBytes,
    long javaBytes,
    long sharedBytes,
    long copiesSizeBytes) {}
