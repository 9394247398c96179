package dev.ophion.bridge.codec;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the type variables of a generic record stand for. Immutable. */
final class Bindings {

  private static final Bindings NONE = new Bindings(Map.of());

  private final Map<TypeVariable<?>, Type> bound;

  private Bindings(Map<TypeVariable<?>, Type> bound) {
    this.bound = bound;
  }

  /** Those of a type that holds no variables itself. */
  static Bindings of(Type type) {
    if (!(type instanceof ParameterizedType generic)) {
      return NONE;
    }
    TypeVariable<?>[] variables = raw(generic).getTypeParameters();
    Type[] arguments = generic.getActualTypeArguments();
    Map<TypeVariable<?>, Type> bound = new HashMap<>();
    for (int i = 0; i < variables.length; i++) {
      bound.put(variables[i], arguments[i]);
    }
    return new Bindings(bound);
  }

  /** The type without its variables and wildcards. */
  Type resolve(Type type) {
    if (type instanceof WildcardType wildcard) {
      return resolve(wildcard.getUpperBounds()[0]);
    } else if (type instanceof TypeVariable<?> variable) {
      Type known = bound.get(variable);
      return known == null ? raw(variable) : NONE.resolve(known);
    } else if (type instanceof ParameterizedType generic) {
      List<Type> arguments =
          Stream.of(generic.getActualTypeArguments()).map(this::resolve).toList();
      return new Generic(raw(generic), arguments);
    } else if (type instanceof GenericArrayType array) {
      Type component = resolve(array.getGenericComponentType());
      return component instanceof Class<?> plain
          ? Array.newInstance(plain, 0).getClass()
          : new GenericArray(component);
    }
    return type;
  }

  static Class<?> raw(Type type) {
    if (type instanceof Class<?> raw) {
      return raw;
    } else if (type instanceof ParameterizedType generic) {
      return raw(generic.getRawType());
    } else if (type instanceof GenericArrayType array) {
      return Array.newInstance(raw(array.getGenericComponentType()), 0).getClass();
    } else if (type instanceof WildcardType wildcard) {
      return raw(wildcard.getUpperBounds()[0]);
    }
    return type instanceof TypeVariable<?> variable ? raw(variable.getBounds()[0]) : Object.class;
  }

  private record Generic(Class<?> raw, List<Type> arguments) implements ParameterizedType {
    @Override
    public Type[] getActualTypeArguments() {
      return arguments.toArray(Type[]::new);
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public @Nullable Type getOwnerType() {
      return raw.getDeclaringClass();
    }

    @Override
    public String getTypeName() {
      return raw.getTypeName()
          + arguments.stream().map(Type::getTypeName).collect(Collectors.joining(", ", "<", ">"));
    }
  }

  private record GenericArray(Type component) implements GenericArrayType {
    @Override
    public Type getGenericComponentType() {
      return component;
    }

    @Override
    public String getTypeName() {
      return component.getTypeName() + "[]";
    }
  }
}
