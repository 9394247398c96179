#include "exits.h"

#include <string>

#include "formats.h"
#include "moves.h"
#include "owners.h"
#include "values_parts.h"

namespace ophion {
namespace {

[[noreturn]] void refuse_addresses(PyObject* exporter, const std::string& what) {
  refuse("The " + type_name(exporter) + " holds " + what +
         ", addresses that mean nothing elsewhere: send the objects themselves (a list of them, or "
         "an object array by dump()), or the memory that is pointed to.");
}

void check_format(PyObject* exporter, const Py_buffer& view) {
  if (view.format == nullptr) return;
  char letter = address_in(view.format);
  if (letter == 0) return;
  std::string kind = letter == 'O'   ? "references to Python objects"
                     : letter == 'X' ? "pointers to functions"
                                     : "pointers";
  refuse_addresses(exporter, kind + " (format '" + std::string(view.format).substr(0, 60) + "')");
}

void check_shape(PyObject* exporter, const Py_buffer& view) {
  if (view.itemsize <= 0) {
    refuse("The " + type_name(exporter) + " has items without a size, no memory to share.");
  }
  for (int i = 0; view.suboffsets != nullptr && i < view.ndim; ++i) {
    if (view.suboffsets[i] < 0) continue;
    refuse("The " + type_name(exporter) +
           " has rows that are reached through pointers (suboffsets), no flat memory to share: "
           "send its tobytes().");
  }
}

// The format of a ctypes union says "B" whatever is in it. ctypes knows better, and says so where
// an object is pickled; an array of none is pickled without a copy.
bool holds_pointers(Interpreter& interpreter, PyTypeObject* type) {
  PyTypeObject* array = interpreter.types.loaded(KnownClass::kCtypesArray);
  auto* base = reinterpret_cast<PyObject*>(array->tp_base);
  Ref arrays =
      Ref::steal(Py_TYPE(array)->tp_as_sequence->sq_repeat(reinterpret_cast<PyObject*>(type), 0));
  Ref none = Ref::steal(PyObject_CallNoArgs(arrays.get()));
  Ref reduce = Ref::steal(PyObject_GetAttrString(base, "__reduce__"));
  PyObject* reduced = PyObject_CallOneArg(reduce.get(), none.get());
  if (reduced == nullptr) {
    if (!PyErr_ExceptionMatches(PyExc_ValueError)) throw PythonError();
    PyErr_Clear();
    return true;
  }
  Py_DECREF(reduced);
  return false;
}

// ndarray(buffer=x) and memmap keep x but none of its buffers, so that x may still resize or close.
void hold_buffers(BufferPin& pin, const Owners& owners) {
  for (const Ref& exporter : owners.exporters) {
    try {
      pin.held.push_back(std::make_unique<BufferPin>(exporter.get(), PyBUF_FULL_RO));
    } catch (const PythonError&) {
      // A user's class that refuses; what it gave the array it has answered for.
      if (!PyErr_ExceptionMatches(PyExc_Exception)) throw;
      PyErr_Clear();
    }
  }
}

}  // namespace

std::unique_ptr<BufferPin> pin_buffer(Interpreter& interpreter, PyObject* exporter) {
  auto pin = std::make_unique<BufferPin>(exporter, PyBUF_FULL_RO);
  const Py_buffer& view = pin->view();
  check_shape(exporter, view);
  check_format(exporter, view);
  if (view.obj == nullptr) return pin;
  Owners owners = owners_of(interpreter, view.obj);
  if (owners.arrays.empty() && owners.ctypes.empty()) return pin;
  // NumPy takes an exported buffer for no reason to leave the memory where it is, but a weak
  // reference for one, whatever ndarray.resize is told.
  pin->anchors.reserve(owners.arrays.size());
  for (const Ref& array : owners.arrays) {
    pin->anchors.push_back(Ref::steal(PyWeakref_NewRef(array.get(), nullptr)));
  }
  hold_buffers(*pin, owners);
  guard_moves(interpreter, owners);
  for (const Ref& object : owners.ctypes) {
    if (holds_pointers(interpreter, Py_TYPE(object.get()))) {
      refuse_addresses(exporter, "pointers (ctypes says so of " + type_name(object.get()) + ")");
    }
  }
  return pin;
}

}  // namespace ophion
