package dev.ophion.bridge.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Buffers over memory of an {@code Arena} (JDK 22 and later), whose {@code close()} frees it while
 * the buffer is still reachable. Looked at by reflection, since Ophion runs on JDK 17. Stateless.
 */
final class ArenaBuffers {

  /** Null before JDK 22. */
  private static final @Nullable Scopes SCOPES =
      Runtime.version().feature() < 22 ? null : Scopes.find();

  private ArenaBuffers() {}

  /**
   * Refuses memory that somebody can free while Python uses it.
   *
   * @param buffer a direct buffer
   */
  static void requireLasting(Buffer buffer) {
    if (SCOPES != null && SCOPES.canBeClosed(buffer)) {
      throw new Refusal(
          "The direct buffer lies in an Arena that can be closed while Python uses its memory, "
              + "which would end the JVM: take the memory from Arena.ofAuto(), "
              + "ByteBuffer.allocateDirect or SharedMemory, or pass a copy in a heap buffer.");
    }
  }

  /**
   * The scopes of arenas that can be closed, by their classes: there is no public question for it.
   *
   * @param ofBuffer from a buffer to the scope of its memory
   * @param closable what the two kinds of such arenas have, and no other
   */
  private record Scopes(MethodHandle ofBuffer, Set<Class<?>> closable) {

    static Scopes find() {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      try {
        Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
        Class<?> scope = Class.forName("java.lang.foreign.MemorySegment$Scope");
        MethodHandle ofBuffer =
            lookup.findStatic(segment, "ofBuffer", MethodType.methodType(segment, Buffer.class));
        MethodHandle ofSegment = lookup.findVirtual(segment, "scope", MethodType.methodType(scope));
        return new Scopes(
            MethodHandles.filterReturnValue(ofBuffer, ofSegment)
                .asType(MethodType.methodType(Object.class, Buffer.class)),
            Set.of(scopeOf("ofConfined"), scopeOf("ofShared")));
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private static Class<?> scopeOf(String factory) throws ReflectiveOperationException {
      Class<?> arena = Class.forName("java.lang.foreign.Arena");
      Object made = arena.getMethod(factory).invoke(null);
      Class<?> scope = arena.getMethod("scope").invoke(made).getClass();
      arena.getMethod("close").invoke(made);
      return scope;
    }

    boolean canBeClosed(Buffer buffer) {
      try {
        Object scope = (Object) ofBuffer.invokeExact(buffer);
        return closable.contains(scope.getClass());
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("MemorySegment.ofBuffer declares no exception", e);
      }
    }
  }
}
