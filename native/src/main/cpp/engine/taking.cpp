#include "taking.h"

#include <string>

#include "buffers.h"
#include "exits.h"
#include "exporter.h"
#include "journal.h"
#include "values_parts.h"

namespace ophion {
namespace {

[[noreturn]] void refuse(PyObject* object, const std::string& reason) {
  throw NotTransferable{std::string("a ") + Py_TYPE(object)->tp_name + " " + reason, ""};
}

void require_references(PyObject* object, Py_ssize_t expected) {
  Py_ssize_t others = Py_REFCNT(object) - expected;
  if (others == 0) return;
  refuse(object, "is referenced " + std::to_string(others) +
                     " more time(s), so the memory would still be reached: delete what refers to "
                     "it, or send a copy");
}

// A weak reference would bring the object back while Java keeps it alive.
void require_no_weak_references(PyObject* object) {
  if (!PyType_SUPPORTS_WEAKREFS(Py_TYPE(object))) return;
  Ref weakref = Ref::steal(PyImport_ImportModule("_weakref"));
  Ref count = Ref::steal(PyObject_CallMethod(weakref.get(), "getweakrefcount", "O", object));
  if (PyLong_AsLong(count.get()) != 0) refuse(object, "has weak references: delete them first");
}

bool is_numpy_array(Interpreter& interpreter, PyObject* object) {
  return Py_IS_TYPE(object, interpreter.types.loaded(KnownClass::kNumpyArray));
}

bool owns_memory(Interpreter& interpreter, PyObject* object) {
  return PyByteArray_CheckExact(object) || PyBytes_CheckExact(object) ||
         Py_IS_TYPE(object, interpreter.types.loaded(KnownClass::kArray));
}

bool owns_data(PyObject* array) {
  Ref flags = Ref::steal(PyObject_GetAttrString(array, "flags"));
  Ref owns = Ref::steal(PyObject_GetAttrString(flags.get(), "owndata"));
  return checked(PyObject_IsTrue(owns.get())) != 0;
}

// The object whose buffer a memoryview shows. Nobody else may show it.
PyObject* behind(PyObject* object) {
  auto* view = reinterpret_cast<PyMemoryViewObject*>(object);
  if ((view->flags & _Py_MEMORYVIEW_RELEASED) != 0) refuse(object, "was released already");
  if (view->exports != 0) {
    refuse(object, "is exported " + std::to_string(view->exports) +
                       " more time(s): release what was made from it");
  }
  if (view->mbuf->exports != 1) {
    refuse(object, "is one of " + std::to_string(view->mbuf->exports) +
                       " views of its memory: release the others, such as its slices");
  }
  PyObject* exporter = view->mbuf->master.obj;
  if (exporter == nullptr) refuse(object, "shows memory that no object owns");
  return exporter;
}

// Follows the variable's value to the object that owns the memory, and throws unless each is
// reached by the one before it only. Returns the owner, borrowed.
PyObject* sole_owner(Interpreter& interpreter, PyObject* value) {
  PyObject* object = value;
  if (PyObject_CheckBuffer(object) == 0) refuse(object, "holds no memory that could be taken");
  // The variable's and the caller's; whoever else has a memoryview itself will see it released.
  if (!PyMemoryView_Check(object)) require_references(object, 2);
  while (true) {
    require_no_weak_references(object);
    PyObject* next;
    if (PyMemoryView_Check(object)) {
      next = behind(object);
      require_references(next, 1);
    } else if (is_numpy_array(interpreter, object)) {
      Ref base = Ref::steal(PyObject_GetAttrString(object, "base"));
      if (base.get() == Py_None) {
        if (!owns_data(object)) refuse(object, "does not own its memory");
        return object;
      }
      next = base.get();
      require_references(next, 2);
    } else if (owns_memory(interpreter, object) || is_exporter(interpreter, object)) {
      return object;
    } else {
      refuse(object,
             "may be reached in ways that cannot be checked: send a bytearray, array.array, "
             "numpy.ndarray or a memoryview of one");
    }
    object = next;
  }
}

void write_lent(Interpreter& interpreter, Writer& writer, PyObject* value, uint64_t lease) {
  std::unique_ptr<BufferPin> seen = pin_buffer(interpreter, value);
  writer.put(uint8_t{1});
  write_buffer_body(writer, seen->view(), lease);
}

std::unique_ptr<BufferPin> pin_to_take(Interpreter& interpreter, PyObject* value,
                                       PyObject* memory) {
  try {
    return pin_buffer(interpreter, memory);
  } catch (const PythonError&) {
    if (!PyErr_ExceptionMatches(PyExc_ValueError) && !PyErr_ExceptionMatches(PyExc_BufferError)) {
      throw;
    }
    Ref raised = Ref::steal(PyErr_GetRaisedException());
    refuse(value, "shows no memory (" + readable(Ref::steal(PyObject_Str(raised.get())).get()) +
                      "): send a copy of a type that has a buffer format");
  }
}

// A memoryview is released, so Java's pin has one of its own.
void write_pinned(Interpreter& interpreter, Writer& writer, PyObject* value) {
  Described subject{Ref::borrow(value), ""};
  if (PyMemoryView_Check(value)) {
    subject.memory = Ref::steal(PyMemoryView_FromObject(value));
  } else if (is_numpy_array(interpreter, value)) {
    Described described = describe_array(interpreter, value);
    if (described.memory) subject = std::move(described);
  }
  uint64_t pin =
      note_pin(interpreter, writer, pin_to_take(interpreter, value, subject.memory.get()));
  writer.put(uint8_t{0});
  write_buffer_body(writer, interpreter.pins.find(pin)->view(), pin, subject.format);
}

}  // namespace

void take(Interpreter& interpreter, Writer& writer, PyObject* name) {
  PyObject* found = nullptr;
  PyObject* variables = interpreter.globals.get();
  if (variables != nullptr) checked(PyDict_GetItemRef(variables, name, &found));
  if (found == nullptr) {
    PyErr_Format(PyExc_NameError, "name '%U' is not defined in __main__", name);
    throw PythonError();
  }
  Ref value = Ref::steal(found);
  PyObject* owner = sole_owner(interpreter, value.get());
  bool is_lent = is_exporter(interpreter, owner);
  uint64_t lease = is_lent ? lease_of(owner) : 0;
  if (is_lent) {
    write_lent(interpreter, writer, value.get(), lease);
  } else {
    write_pinned(interpreter, writer, value.get());
  }
  checked(PyDict_DelItem(variables, name));
  if (is_lent) {
    // Before the release, which may give the interpreter's own count back.
    prepare_reference(writer);
    acquire_lease(lease);
    note_reference(writer, ReferenceKind::kLease, lease);
  }
  if (PyMemoryView_Check(value.get())) {
    Ref::steal(PyObject_CallMethod(value.get(), "release", nullptr));
  }
}

}  // namespace ophion
