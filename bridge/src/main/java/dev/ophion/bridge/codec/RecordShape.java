package dev.ophion.bridge.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How to take a record apart and to make it. Immutable, one for each record class. */
final class RecordShape {

  private static final ClassValue<RecordShape> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return new RecordShape(type);
        }
      };

  private final Class<?> type;
  private final String name;
  private final String[] components;
  private final List<String> pythonNames;
  private final Type[] types;
  private final MethodHandle[] accessors;
  private final MethodHandle constructor;

  private RecordShape(Class<?> type) {
    RecordComponent[] parts = type.getRecordComponents();
    this.type = type;
    this.name = type.getSimpleName();
    this.components = Stream.of(parts).map(RecordComponent::getName).toArray(String[]::new);
    this.pythonNames =
        Stream.of(components)
            .map(name -> Normalizer.normalize(name, Normalizer.Form.NFKC))
            .toList();
    this.types = Stream.of(parts).map(RecordComponent::getGenericType).toArray(Type[]::new);
    this.accessors = new MethodHandle[parts.length];
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    try {
      for (int i = 0; i < parts.length; i++) {
        Method accessor = parts[i].getAccessor();
        accessor.trySetAccessible();
        accessors[i] =
            lookup.unreflect(accessor).asType(MethodType.methodType(Object.class, Object.class));
      }
      Class<?>[] raw = Stream.of(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<?> canonical = type.getDeclaredConstructor(raw);
      canonical.trySetAccessible();
      constructor =
          lookup
              .unreflectConstructor(canonical)
              .asSpreader(Object[].class, parts.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new Refusal(
          ("The record %s is not accessible: make it public in an exported package, or open its "
                  + "package '%s' to the module dev.ophion.bridge.")
              .formatted(type.getTypeName(), type.getPackageName()),
          e);
    }
  }

  static RecordShape of(Class<?> type) {
    return SHAPES.get(type);
  }

  Class<?> type() {
    return type;
  }

  String name() {
    return name;
  }

  int size() {
    return components.length;
  }

  String component(int index) {
    return components[index];
  }

  List<String> components() {
    return Arrays.asList(components);
  }

  /** The components' names as Python's parser reads them. */
  List<String> pythonNames() {
    return pythonNames;
  }

  Type type(int index) {
    return types[index];
  }

  @Nullable Object read(Object record, int index) {
    try {
      return (Object) accessors[index].invokeExact(record);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new Refusal(
          "The accessor %s() of %s threw %s.".formatted(components[index], type.getTypeName(), e),
          e);
    }
  }

  Object make(@Nullable Object[] values) {
    try {
      return (Object) constructor.invokeExact(values);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new Refusal("The constructor of %s threw %s.".formatted(type.getTypeName(), e), e);
    }
  }
}
