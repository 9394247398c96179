// Arrays of Java's heap: bytes, bytearray and array.array with the elements in them.
#include <cstring>

#include "failures.h"
#include "values_parts.h"

namespace ophion {
namespace {

// Runs `copy` on the elements, which raises nothing: it only may leave a Python error behind.
template <typename Copy>
void with_elements(uint64_t reference, uint64_t offset, Copy copy) {
  struct Context {
    uint64_t offset;
    Copy& copy;
  } context{offset, copy};
  int32_t result = host().read_array(
      reference,
      [](void* opaque, const void* elements) {
        auto& held = *static_cast<Context*>(opaque);
        held.copy(static_cast<const uint8_t*>(elements) + held.offset);
      },
      &context);
  if (result == kStackEnds) raise_stack_ends("to read an array of Java");
  if (result != 0) {
    PyErr_NoMemory();
    throw PythonError();
  }
}

// array.array has no way to be made of a size: it grows by what it is given.
Ref make_empty(PyTypeObject* type, char typecode) {
  Ref code = Ref::steal(PyUnicode_FromStringAndSize(&typecode, 1));
  return Ref::steal(PyObject_CallOneArg(reinterpret_cast<PyObject*>(type), code.get()));
}

PyObject* append(Types& types, PyObject* array, const uint8_t* data, Py_ssize_t n) {
  auto* first = const_cast<char*>(reinterpret_cast<const char*>(data));
  PyObject* memory = PyMemoryView_FromMemory(first, n, PyBUF_READ);
  if (memory == nullptr) return nullptr;
  PyObject* result = PyObject_CallMethodOneArg(array, types.name(Name::kFrombytes), memory);
  Py_DECREF(memory);
  return result;
}

Ref heap_bytes(Tag tag, uint64_t reference, uint64_t offset, Py_ssize_t n) {
  bool is_bytes = tag == Tag::kBytes;
  Ref result = Ref::steal(is_bytes ? PyBytes_FromStringAndSize(nullptr, n)
                                   : PyByteArray_FromStringAndSize(nullptr, n));
  char* target = is_bytes ? PyBytes_AS_STRING(result.get()) : PyByteArray_AS_STRING(result.get());
  with_elements(reference, offset, [&](const uint8_t* elements) {
    std::memcpy(target, elements, static_cast<size_t>(n));
  });
  return result;
}

Ref heap_array(Interpreter& interpreter, char typecode, uint64_t reference, uint64_t offset,
               Py_ssize_t n) {
  PyTypeObject* type = interpreter.types.import(KnownClass::kArray);
  // A class of the user's in its place runs code, which must not be while the JVM waits.
  if (!PyType_HasFeature(type, Py_TPFLAGS_IMMUTABLETYPE)) {
    Ref copy = heap_bytes(Tag::kBytes, reference, offset, n);
    auto* data = reinterpret_cast<const uint8_t*>(PyBytes_AS_STRING(copy.get()));
    return make_array(interpreter, typecode, data, static_cast<uint64_t>(n));
  }
  Ref result = make_empty(type, typecode);
  interpreter.types.name(Name::kFrombytes);  // made now, since that may raise
  PyObject* appended = nullptr;
  with_elements(reference, offset, [&](const uint8_t* elements) {
    appended = append(interpreter.types, result.get(), elements, n);
  });
  Ref::steal(appended);
  return result;
}

}  // namespace

Ref make_array(Interpreter& interpreter, char typecode, const uint8_t* data, uint64_t n) {
  Ref result = make_empty(interpreter.types.import(KnownClass::kArray), typecode);
  Ref::steal(append(interpreter.types, result.get(), data, static_cast<Py_ssize_t>(n)));
  return result;
}

Ref read_heap_array(Interpreter& interpreter, Reader& reader) {
  Tag tag = reader.tag();
  auto typecode = static_cast<char>(reader.get<uint8_t>());
  auto reference = reader.get<uint64_t>();
  auto offset = reader.get<uint64_t>();
  auto n = reader.get<Py_ssize_t>();
  if (n < 0) throw WireError("an array of a negative size");
  if (tag == Tag::kArray) return heap_array(interpreter, typecode, reference, offset, n);
  return heap_bytes(tag, reference, offset, n);
}

}  // namespace ophion
