#include "values.h"

#include <cstdint>
#include <cstring>

#include "buffers.h"
#include "journal.h"
#include "values_parts.h"

namespace ophion {
namespace {

// A container that is being written, on the stack of its writer.
struct Open {
  const Open* outer;
  PyObject* object;
};

[[noreturn]] __attribute__((noinline)) void refuse_cycle(PyObject* object) {
  refuse("The " + type_name(object) +
         " holds itself: break the cycle, or pass what points back by a name.");
}

[[noreturn]] __attribute__((noinline)) void refuse_change(PyObject* object) {
  refuse("The " + type_name(object) +
         " changed its size while it was being converted: return a copy of it.");
}

// Frames are kept small, see ValueReader: one method a kind, and what only refusals need is out of
// line. Every object is held by a strong reference while code runs that could drop it.
class ValueWriter {
 public:
  ValueWriter(Interpreter& interpreter, Writer& writer)
      : interpreter_(interpreter), types_(interpreter.types), writer_(writer) {}

  void value(PyObject* object) {
    PyTypeObject* type = Py_TYPE(object);
    if (type == &PyLong_Type) return integer(object);
    if (type == &PyFloat_Type) return real(object);
    if (type == &PyUnicode_Type) return write_str(writer_, object);
    if (object == Py_None) return writer_.tag(Tag::kNone);
    if (object == Py_True) return writer_.tag(Tag::kTrue);
    if (object == Py_False) return writer_.tag(Tag::kFalse);
    if (type == &PyList_Type) return list(object);
    if (type == &PyTuple_Type) return tuple(object);
    if (type == &PyDict_Type) return dict(object);
    if (type == &PyBytes_Type) return bytes(object);
    other(object, type);
  }

 private:
  __attribute__((noinline)) void other(PyObject* object, PyTypeObject* type) {
    // Enums come first, since members of an IntEnum are ints too.
    PyTypeObject* enumeration = types_.loaded(KnownClass::kEnum);
    if (enumeration != nullptr && PyType_IsSubtype(type, enumeration)) return member(object, type);
    if (PyLong_Check(object)) return integer(object);
    if (PyFloat_Check(object)) return real(object);
    if (PyUnicode_Check(object)) return write_str(writer_, object);
    if (PyList_Check(object)) return list(object);
    if (PyTuple_Check(object)) return tuple(object);
    if (PyDict_Check(object)) return PyODict_Check(object) ? ordered(object) : dict(object);
    if (PyBytes_Check(object)) return bytes(object);
    if (PyAnySet_Check(object)) return set(object);
    if (!leaf(object, type)) instance(object, type);
  }

  // False, with nothing written, if it is none of these.
  __attribute__((noinline)) bool leaf(PyObject* object, PyTypeObject* type) {
    if (PyByteArray_Check(object)) {
      put_bytes(Tag::kByteArray, object, PyByteArray_AS_STRING(object),
                PyByteArray_GET_SIZE(object));
      return true;
    }
    if (PyComplex_Check(object)) {
      Py_complex number = PyComplex_AsCComplex(object);
      writer_.tag(Tag::kComplex);
      writer_.put(number.real);
      writer_.put(number.imag);
      return true;
    }
    bool is_wanted = writer_.wanted_elements != 0 && depth_ == 0;
    if (is_wanted && write_elements(interpreter_, writer_, object)) return true;
    if (PyMemoryView_Check(object) || is(KnownClass::kArray, type)) return buffer(object);
    if (is(KnownClass::kNumpyArray, type)) return array(object);
    if (is(KnownClass::kNumpyScalar, type)) return numpy_number(object);
    TimeKind kind = time_kind(interpreter_, object);
    if (kind != TimeKind::kNone) return write_time(interpreter_, writer_, kind, object);
    if (is(KnownClass::kDecimal, type)) return write_decimal(interpreter_, writer_, object);
    if (is(KnownClass::kUuid, type)) return write_uuid(interpreter_, writer_, object);
    if (is(KnownClass::kPosixPath, type)) return write_path(interpreter_, writer_, object);
    return false;
  }

  bool is(KnownClass known, PyTypeObject* type) {
    PyTypeObject* base = types_.loaded(known);
    return base != nullptr && PyType_IsSubtype(type, base);
  }

  bool numpy_number(PyObject* object) {
    Ref number = plain_number(interpreter_, object);
    if (!number || is(KnownClass::kNumpyScalar, Py_TYPE(number.get()))) return false;
    value(number.get());
    return true;
  }

  void integer(PyObject* object) {
    int overflow = 0;
    long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow != 0) return big_integer(object);
    writer_.tag(Tag::kInt64);
    writer_.put(static_cast<int64_t>(number));
  }

  void real(PyObject* object) {
    writer_.tag(Tag::kFloat);
    writer_.put(PyFloat_AS_DOUBLE(object));
  }

  __attribute__((noinline)) void big_integer(PyObject* object) {
    Py_ssize_t size = checked_size(PyLong_AsNativeBytes(object, nullptr, 0, -1));
    if (size > kLongest) refuse_size(object, size);
    writer_.tag(Tag::kBigInt);
    writer_.put(static_cast<uint32_t>(size));
    uint8_t* place = writer_.reserve(static_cast<uint64_t>(size));
    checked_size(PyLong_AsNativeBytes(object, place, size, Py_ASNATIVEBYTES_LITTLE_ENDIAN));
  }

  static Py_ssize_t checked_size(Py_ssize_t size) {
    if (size < 0) throw PythonError();
    return size;
  }

  __attribute__((noinline)) void bytes(PyObject* object) {
    put_bytes(Tag::kBytes, object, PyBytes_AS_STRING(object), PyBytes_GET_SIZE(object));
  }

  void put_bytes(Tag tag, PyObject* object, const char* data, Py_ssize_t size) {
    if (size > kLongest) refuse_size(object, size);
    writer_.tag(tag);
    writer_.put(static_cast<uint64_t>(size));
    writer_.bytes(data, static_cast<uint64_t>(size));
  }

  void enter(Open& open) {
    for (const Open* outer = open.outer; outer != nullptr; outer = outer->outer) {
      if (outer->object == open.object) refuse_cycle(open.object);
    }
    if (++depth_ > kMaxDepth) refuse_depth();
    open_ = &open;
  }

  void leave(const Open& open) {
    --depth_;
    open_ = open.outer;
  }

  void put_count(Tag tag, PyObject* object, Py_ssize_t size) {
    if (size > kLongest) refuse_size(object, size);
    writer_.tag(tag);
    writer_.put(static_cast<uint32_t>(size));
  }

  __attribute__((noinline)) void list(PyObject* object) {
    Py_ssize_t n = PyList_GET_SIZE(object);
    if (n != 0 && uniform_list(object, n)) return;
    Open open{open_, object};
    enter(open);
    put_count(Tag::kList, object, n);
    for (Py_ssize_t i = 0; i < n; ++i) {
      if (PyList_GET_SIZE(object) != n) refuse_change(object);
      Ref item = Ref::steal(PyList_GetItemRef(object, i));
      indexed(item.get(), i);
    }
    if (PyList_GET_SIZE(object) != n) refuse_change(object);
    leave(open);
  }

  // Nothing here runs Python code, so the list stands still.
  bool uniform_list(PyObject* object, Py_ssize_t n) {
    PyTypeObject* first = Py_TYPE(PyList_GET_ITEM(object, 0));
    if (n > kLongest) return false;
    if (first == &PyFloat_Type) return floats(object, n);
    return first == &PyLong_Type && ints(object, n);
  }

  bool floats(PyObject* object, Py_ssize_t n) {
    uint64_t start = writer_.size();
    put_count(Tag::kFloats, object, n);
    uint8_t* place = writer_.reserve(static_cast<uint64_t>(n) * sizeof(double));
    for (Py_ssize_t i = 0; i < n; ++i, place += sizeof(double)) {
      PyObject* item = PyList_GET_ITEM(object, i);
      if (!PyFloat_CheckExact(item)) {
        writer_.truncate(start);
        return false;
      }
      double number = PyFloat_AS_DOUBLE(item);
      std::memcpy(place, &number, sizeof number);
    }
    return true;
  }

  bool ints(PyObject* object, Py_ssize_t n) {
    uint64_t start = writer_.size();
    put_count(Tag::kInts, object, n);
    uint8_t* place = writer_.reserve(static_cast<uint64_t>(n) * sizeof(int64_t));
    for (Py_ssize_t i = 0; i < n; ++i, place += sizeof(int64_t)) {
      PyObject* item = PyList_GET_ITEM(object, i);
      int overflow = 1;
      long long number =
          PyLong_CheckExact(item) ? PyLong_AsLongLongAndOverflow(item, &overflow) : 0;
      if (overflow != 0) {
        writer_.truncate(start);
        return false;
      }
      std::memcpy(place, &number, sizeof number);
    }
    return true;
  }

  void indexed(PyObject* item, Py_ssize_t index) {
    try {
      value(item);
    } catch (NotTransferable& refusal) {
      prepend_index(refusal, index);
      throw;
    }
  }

  __attribute__((noinline)) void tuple(PyObject* object) {
    Open open{open_, object};
    enter(open);
    Py_ssize_t n = PyTuple_GET_SIZE(object);
    put_count(Tag::kTuple, object, n);
    for (Py_ssize_t i = 0; i < n; ++i) indexed(PyTuple_GET_ITEM(object, i), i);
    leave(open);
  }

  __attribute__((noinline)) void set(PyObject* object) {
    Open open{open_, object};
    enter(open);
    // A list of its own, since a set has no position to go on from; a subclass may iterate over
    // what it likes.
    Ref exact = PyAnySet_CheckExact(object) ? Ref::borrow(object) : Ref::steal(PySet_New(object));
    Ref elements = Ref::steal(PySequence_List(exact.get()));
    Py_ssize_t n = PyList_GET_SIZE(elements.get());
    put_count(PyFrozenSet_Check(object) ? Tag::kFrozenSet : Tag::kSet, object, n);
    for (Py_ssize_t i = 0; i < n; ++i) element(PyList_GET_ITEM(elements.get(), i), i);
    leave(open);
  }

  void element(PyObject* item, Py_ssize_t index) {
    try {
      value(item);
    } catch (NotTransferable& refusal) {
      prepend_element(refusal, index);
      throw;
    }
  }

  __attribute__((noinline)) void dict(PyObject* object) {
    Open open{open_, object};
    enter(open);
    Py_ssize_t n = PyDict_GET_SIZE(object);
    put_count(Tag::kDict, object, n);
    Py_ssize_t position = 0;
    Py_ssize_t written = 0;
    PyObject* key = nullptr;
    PyObject* item = nullptr;
    while (PyDict_Next(object, &position, &key, &item)) {
      if (written == n) refuse_change(object);
      Ref held_key = Ref::borrow(key);
      Ref held_item = Ref::borrow(item);
      entry(key, item, written);
      ++written;
      if (PyDict_GET_SIZE(object) != n) refuse_change(object);
    }
    if (written != n) refuse_change(object);
    leave(open);
  }

  // An OrderedDict has an order beside that of its dict.
  __attribute__((noinline)) void ordered(PyObject* object) {
    Open open{open_, object};
    enter(open);
    Ref listed = Ref::steal(PyMapping_Items(object));
    Ref items = Ref::steal(PySequence_Tuple(listed.get()));
    Py_ssize_t n = PyTuple_GET_SIZE(items.get());
    put_count(Tag::kDict, object, n);
    for (Py_ssize_t i = 0; i < n; ++i) {
      PyObject* pair = PyTuple_GET_ITEM(items.get(), i);
      if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) refuse_change(object);
      entry(PyTuple_GET_ITEM(pair, 0), PyTuple_GET_ITEM(pair, 1), i);
    }
    leave(open);
  }

  void entry(PyObject* key, PyObject* item, Py_ssize_t index) {
    bool in_key = true;
    try {
      value(key);
      in_key = false;
      value(item);
    } catch (NotTransferable& refusal) {
      if (in_key) {
        prepend_key_position(refusal, index);
      } else {
        prepend_key(refusal, key);
      }
      throw;
    }
  }

  __attribute__((noinline)) void instance(PyObject* object, PyTypeObject* type) {
    if (types_.is_dataclass(type)) {
      record(object, type);
    } else {
      handle(object);
    }
  }

  __attribute__((noinline)) void record(PyObject* object, PyTypeObject* type) {
    Ref names = types_.dataclass_names(type);
    if (!names) return handle(object);
    Open open{open_, object};
    enter(open);
    Py_ssize_t n = PyTuple_GET_SIZE(names.get());
    writer_.tag(Tag::kRecord);
    write_str(writer_, Ref::steal(PyType_GetName(type)).get());
    writer_.put(static_cast<uint32_t>(n));
    for (Py_ssize_t i = 0; i < n; ++i) field(object, PyTuple_GET_ITEM(names.get(), i));
    leave(open);
  }

  __attribute__((noinline)) void field(PyObject* object, PyObject* name) {
    write_str(writer_, name);
    Ref item = Ref::steal(PyObject_GetAttr(object, name));
    try {
      value(item.get());
    } catch (NotTransferable& refusal) {
      prepend_field(refusal, name);
      throw;
    }
  }

  // What only looks like a member goes as a handle: a combination of flags, and one whose class
  // gives no text where a text belongs.
  __attribute__((noinline)) void member(PyObject* object, PyTypeObject* type) {
    Ref name = attribute_of(object, types_.name(Name::kMemberName));
    Ref place = name && is_member(object, type, name.get()) ? enum_place(type) : Ref();
    Ref item = place ? attribute_of(object, types_.name(Name::kValue)) : Ref();
    if (!item) return handle(object);
    Open open{open_, object};
    enter(open);
    writer_.tag(Tag::kEnum);
    write_str(writer_, place.get());
    write_str(writer_, name.get());
    try {
      value(item.get());
    } catch (NotTransferable& refusal) {
      prepend_field(refusal, types_.name(Name::kValue));
      throw;
    }
    leave(open);
  }

  bool is_member(PyObject* object, PyTypeObject* type, PyObject* name) {
    if (!PyUnicode_Check(name)) return false;
    Ref members = attribute_of(reinterpret_cast<PyObject*>(type), types_.name(Name::kMembers));
    if (!members) return false;
    return unless_raised(PyObject_GetItem(members.get(), name)).get() == object;
  }

  // "module:qualname" as the class object has them, whatever its metaclass says. Null if its module
  // is no text.
  static Ref enum_place(PyTypeObject* type) {
    Ref module = unless_raised(PyType_GetModuleName(type));
    if (!module || !PyUnicode_Check(module.get())) return Ref();
    Ref qualname = Ref::steal(PyType_GetQualName(type));
    return Ref::steal(PyUnicode_FromFormat("%U:%U", module.get(), qualname.get()));
  }

  bool buffer(PyObject* object) {
    write_buffer(interpreter_, writer_, object);
    return true;
  }

  bool array(PyObject* object) { return write_array(interpreter_, writer_, object); }

  void handle(PyObject* object) { write_handle(interpreter_, writer_, object); }

  Interpreter& interpreter_;
  Types& types_;
  Writer& writer_;
  const Open* open_ = nullptr;
  int depth_ = 0;
};

}  // namespace

void write_value(Interpreter& interpreter, Writer& writer, PyObject* object) {
  Journal journal(interpreter, writer);
  try {
    ValueWriter(interpreter, writer).value(object);
  } catch (NotTransferable& refusal) {
    refusal.path.insert(0, "result");
    throw;
  }
  journal.keep();
}

void write_handle(Interpreter& interpreter, Writer& writer, PyObject* object) {
  std::string name = type_name(object);
  Ref text = Ref::steal(
      PyUnicode_DecodeUTF8(name.data(), static_cast<Py_ssize_t>(name.size()), "replace"));
  uint64_t start = writer.size();
  writer.tag(Tag::kHandle);
  writer.put(uint64_t{0});
  write_str(writer, text.get());
  prepare_reference(writer);
  uint64_t id = interpreter.handles.add(Ref::borrow(object));
  note_reference(writer, ReferenceKind::kHandle, id);
  writer.patch(start + 1, id);
}

}  // namespace ophion
