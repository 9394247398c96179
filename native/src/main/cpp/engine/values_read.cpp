#include "values.h"

#include "buffers.h"
#include "names.h"
#include "names.h"
#include "values_parts.h"

namespace ophion {
namespace {

// The body of a str.
Ref text(Reader& reader, Tag tag) {
  auto n = reader.get<uint32_t>();
  if (tag == Tag::kStr8) {
    return Ref::steal(PyUnicode_DecodeLatin1(reinterpret_cast<const char*>(reader.take(n)),
                                             static_cast<Py_ssize_t>(n), nullptr));
  }
  uint64_t size = uint64_t{n} * 2;
  int little_endian = -1;
  return Ref::steal(PyUnicode_DecodeUTF16(reinterpret_cast<const char*>(reader.take(size)),
                                          static_cast<Py_ssize_t>(size), nullptr, &little_endian));
}

// One method a kind, none inlined into `value`: 500 levels must fit a small stack, so the frames
// on the way down hold no more than their own kind needs.
class ValueReader {
 public:
  ValueReader(Interpreter& interpreter, Reader& reader)
      : interpreter_(interpreter), reader_(reader) {}

  Ref value() { return body(reader_.tag()); }

 private:
  Ref body(Tag tag) {
    switch (tag) {
      case Tag::kNone:
        return Ref::borrow(Py_None);
      case Tag::kFalse:
        return Ref::borrow(Py_False);
      case Tag::kTrue:
        return Ref::borrow(Py_True);
      case Tag::kInt64:
        return Ref::steal(PyLong_FromLongLong(reader_.get<int64_t>()));
      case Tag::kFloat:
        return Ref::steal(PyFloat_FromDouble(reader_.get<double>()));
      case Tag::kStr8:
      case Tag::kStr16:
        return text(reader_, tag);
      case Tag::kList:
        return list();
      case Tag::kTuple:
        return tuple();
      case Tag::kDict:
        return dict();
      case Tag::kSet:
      case Tag::kFrozenSet:
        return set(tag);
      case Tag::kFloats:
        return floats();
      case Tag::kInts:
        return ints();
      case Tag::kRecord:
        return record();
      default:
        return leaf(tag);
    }
  }

  __attribute__((noinline)) Ref leaf(Tag tag) {
    switch (tag) {
      case Tag::kBigInt:
        return big_int();
      case Tag::kComplex:
        return complex();
      case Tag::kBytes:
      case Tag::kByteArray:
        return bytes(tag);
      case Tag::kArray:
        return array();
      case Tag::kHeapArray:
        return read_heap_array(interpreter_, reader_);
      case Tag::kDate:
      case Tag::kTime:
      case Tag::kDateTime:
      case Tag::kTimeDelta:
        return read_time(interpreter_, reader_, tag);
      case Tag::kDecimal:
        return call_with_str(KnownClass::kDecimal);
      case Tag::kPath:
        return call_with_str(KnownClass::kPosixPath);
      case Tag::kUuid:
        return uuid();
      case Tag::kEnum:
        return enum_member();
      case Tag::kHandle:
        return handle();
      case Tag::kBuffer:
        return read_array(interpreter_, reader_);
      default:
        throw WireError("unknown tag " + std::to_string(static_cast<int>(tag)));
    }
  }

  // A count of things that take `least` bytes each at least, so that a wrong one cannot make us
  // allocate.
  Py_ssize_t count(uint64_t least) {
    auto n = reader_.get<uint32_t>();
    if (n * least > reader_.left()) throw WireError("a count is larger than the request");
    return static_cast<Py_ssize_t>(n);
  }

  void descend() {
    if (++depth_ > kMaxDepth) refuse_depth();
  }

  __attribute__((noinline)) Ref list() {
    descend();
    Py_ssize_t n = count(1);
    Ref result = Ref::steal(PyList_New(n));
    Py_ssize_t i = 0;
    try {
      for (; i < n; ++i) PyList_SET_ITEM(result.get(), i, value().release());
    } catch (NotTransferable& refusal) {
      prepend_index(refusal, i);
      throw;
    }
    --depth_;
    return result;
  }

  __attribute__((noinline)) Ref tuple() {
    descend();
    Py_ssize_t n = count(1);
    Ref result = Ref::steal(PyTuple_New(n));
    Py_ssize_t i = 0;
    try {
      for (; i < n; ++i) PyTuple_SET_ITEM(result.get(), i, value().release());
    } catch (NotTransferable& refusal) {
      prepend_index(refusal, i);
      throw;
    }
    --depth_;
    return result;
  }

  __attribute__((noinline)) Ref set(Tag tag) {
    descend();
    Py_ssize_t n = count(1);
    Ref result = Ref::steal(tag == Tag::kSet ? PySet_New(nullptr) : PyFrozenSet_New(nullptr));
    Py_ssize_t i = 0;
    try {
      for (; i < n; ++i) checked(PySet_Add(result.get(), value().get()));
    } catch (NotTransferable& refusal) {
      prepend_element(refusal, i);
      throw;
    }
    if (PySet_GET_SIZE(result.get()) != n) refuse_equal("elements");
    --depth_;
    return result;
  }

  __attribute__((noinline)) Ref dict() {
    descend();
    Py_ssize_t n = count(2);
    Ref result = Ref::steal(PyDict_New());
    for (Py_ssize_t i = 0; i < n; ++i) entry(result.get(), i);
    if (PyDict_GET_SIZE(result.get()) != n) refuse_equal("keys");
    --depth_;
    return result;
  }

  __attribute__((noinline)) void entry(PyObject* result, Py_ssize_t i) {
    Ref key;
    try {
      key = value();
      checked(PyDict_SetItem(result, key.get(), value().get()));
    } catch (NotTransferable& refusal) {
      if (key) {
        prepend_key(refusal, key.get());
      } else {
        prepend_key_position(refusal, i);
      }
      throw;
    }
  }

  [[noreturn]] static void refuse_equal(const char* what) {
    refuse(std::string("Two of its ") + what +
           " differ in Java but are equal in Python, such as 1 and 1.0 or true: keep one of them.");
  }

  __attribute__((noinline)) Ref floats() {
    Py_ssize_t n = count(sizeof(double));
    const uint8_t* at = reader_.take(static_cast<uint64_t>(n) * sizeof(double));
    Ref result = Ref::steal(PyList_New(n));
    for (Py_ssize_t i = 0; i < n; ++i, at += sizeof(double)) {
      double item;
      std::memcpy(&item, at, sizeof(double));
      PyList_SET_ITEM(result.get(), i, Ref::steal(PyFloat_FromDouble(item)).release());
    }
    return result;
  }

  __attribute__((noinline)) Ref ints() {
    Py_ssize_t n = count(sizeof(int64_t));
    const uint8_t* at = reader_.take(static_cast<uint64_t>(n) * sizeof(int64_t));
    Ref result = Ref::steal(PyList_New(n));
    for (Py_ssize_t i = 0; i < n; ++i, at += sizeof(int64_t)) {
      int64_t item;
      std::memcpy(&item, at, sizeof(int64_t));
      PyList_SET_ITEM(result.get(), i, Ref::steal(PyLong_FromLongLong(item)).release());
    }
    return result;
  }

  __attribute__((noinline)) Ref record() {
    descend();
    Ref type_name = read_str(reader_);
    Py_ssize_t n = count(2);
    Ref signature = Ref::steal(PyTuple_New(n + 1));
    PyTuple_SET_ITEM(signature.get(), 0, type_name.release());
    Ref values = Ref::steal(PyTuple_New(n));
    for (Py_ssize_t i = 0; i < n; ++i) {
      PyTuple_SET_ITEM(signature.get(), i + 1, as_parsed(read_str(reader_).get()).release());
      PyTuple_SET_ITEM(values.get(), i, field(PyTuple_GET_ITEM(signature.get(), i + 1)).release());
    }
    --depth_;
    Ref type = interpreter_.types.record_class(signature.get());
    return Ref::steal(PyObject_CallObject(type.get(), values.get()));
  }

  __attribute__((noinline)) Ref field(PyObject* name) {
    try {
      return value();
    } catch (NotTransferable& refusal) {
      prepend_field(refusal, name);
      throw;
    }
  }

  Ref big_int() {
    auto n = reader_.get<uint32_t>();
    return Ref::steal(PyLong_FromNativeBytes(reader_.take(n), n, Py_ASNATIVEBYTES_LITTLE_ENDIAN));
  }

  Ref complex() {
    auto real = reader_.get<double>();
    auto imaginary = reader_.get<double>();
    return Ref::steal(PyComplex_FromDoubles(real, imaginary));
  }

  Ref bytes(Tag tag) {
    auto n = reader_.get<uint64_t>();
    auto* data = reinterpret_cast<const char*>(reader_.take(n));
    auto size = static_cast<Py_ssize_t>(n);
    return Ref::steal(tag == Tag::kBytes ? PyBytes_FromStringAndSize(data, size)
                                         : PyByteArray_FromStringAndSize(data, size));
  }

  Ref array() {
    auto typecode = static_cast<char>(reader_.get<uint8_t>());
    auto n = reader_.get<uint64_t>();
    return make_array(interpreter_, typecode, reader_.take(n), n);
  }

  Ref call_with_str(KnownClass known) {
    Ref argument = read_str(reader_);
    auto* type = reinterpret_cast<PyObject*>(interpreter_.types.import(known));
    return Ref::steal(PyObject_CallOneArg(type, argument.get()));
  }

  Ref uuid() {
    Types& types = interpreter_.types;
    auto* type = reinterpret_cast<PyObject*>(types.import(KnownClass::kUuid));
    Ref raw =
        Ref::steal(PyBytes_FromStringAndSize(reinterpret_cast<const char*>(reader_.take(16)), 16));
    Ref keywords = Ref::steal(PyTuple_Pack(1, types.name(Name::kBytes)));
    PyObject* arguments[] = {raw.get()};
    return Ref::steal(PyObject_Vectorcall(type, arguments, 0, keywords.get()));
  }

  Ref handle() {
    PyObject* object = interpreter_.handles.find(reader_.get<uint64_t>());
    if (object == nullptr) {
      refuse("It is a handle that has been closed: keep it open until the call returns.");
    }
    return Ref::borrow(object);
  }

  Ref enum_member() {
    Ref type = read_str(reader_);
    Ref member = read_str(reader_);
    Ref found = enum_class(type.get());
    PyTypeObject* base = interpreter_.types.loaded(KnownClass::kEnum);
    if (base == nullptr || !PyType_Check(found.get()) ||
        !PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(found.get()), base)) {
      refuse("'" + readable(type.get()) + "' is not a Python enum here.");
    }
    PyObject* result = PyObject_GetItem(found.get(), member.get());
    if (result == nullptr) {
      if (!PyErr_ExceptionMatches(PyExc_KeyError)) throw PythonError();
      PyErr_Clear();
      refuse("The Python enum '" + readable(type.get()) + "' has no member '" +
             readable(member.get()) + "' here.");
    }
    return Ref::steal(result);
  }

  // The class "module:qualname".
  Ref enum_class(PyObject* type) {
    Py_ssize_t length = PyUnicode_GET_LENGTH(type);
    Py_ssize_t colon = PyUnicode_FindChar(type, ':', 0, length, 1);
    Py_ssize_t local = PyUnicode_FindChar(type, '<', 0, length, 1);
    if (colon < 0 || local >= 0) {
      refuse("The Python enum '" + readable(type) +
             "' cannot be found by its name: define it at the top of a module.");
    }
    Ref module = Ref::steal(PyUnicode_Substring(type, 0, colon));
    Ref qualname = Ref::steal(PyUnicode_Substring(type, colon + 1, length));
    Ref found = find_qualified(Ref::steal(PyImport_Import(module.get())), qualname.get());
    if (!found) refuse("There is no Python enum '" + readable(type) + "' here.");
    return found;
  }

  Interpreter& interpreter_;
  Reader& reader_;
  int depth_ = 0;
};

}  // namespace

Ref read_value(Interpreter& interpreter, Reader& reader) {
  return ValueReader(interpreter, reader).value();
}

Ref read_str(Reader& reader) {
  Tag tag = reader.tag();
  if (tag != Tag::kStr8 && tag != Tag::kStr16) throw WireError("a str was expected");
  return text(reader, tag);
}

}  // namespace ophion
