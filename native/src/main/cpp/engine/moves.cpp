#include "moves.h"

#include <algorithm>
#include <atomic>

#include "exporter.h"

namespace ophion {
namespace {

constexpr const char* kKey = "_ophion.interpreter";

std::atomic<PyCFunctionFast> resize_memory{nullptr};
std::atomic<PyCFunction> set_state{nullptr};

// Null in an interpreter that Ophion did not make.
Interpreter* current() {
  PyObject* kept = PyInterpreterState_GetDict(PyInterpreterState_Get());
  PyObject* capsule = kept == nullptr ? nullptr : PyDict_GetItemString(kept, kKey);
  if (capsule == nullptr) return nullptr;
  return static_cast<Interpreter*>(PyCapsule_GetPointer(capsule, kKey));
}

void remember(Interpreter& interpreter) {
  PyObject* kept = PyInterpreterState_GetDict(PyInterpreterState_Get());
  if (kept == nullptr) throw PythonError();
  Ref capsule = Ref::steal(PyCapsule_New(&interpreter, kKey, nullptr));
  checked(PyDict_SetItemString(kept, kKey, capsule.get()));
}

struct Span {
  const char* low;
  const char* high;
};

Span span_of(const Py_buffer& view) {
  auto* first = static_cast<const char*>(view.buf);
  if (view.shape == nullptr || view.strides == nullptr) return {first, first + view.len};
  Reach reach = reach_of(view.itemsize, view.ndim, view.shape, view.strides);
  return {first + reach.low, first + reach.high};
}

bool is_pinned_memory(const Interpreter& interpreter, PyObject* exporter) {
  BufferPin whole(exporter, PyBUF_SIMPLE);
  Span own = span_of(whole.view());
  return interpreter.pins.any([&](const BufferPin& pin) {
    Span lent = span_of(pin.view());
    return lent.low < own.high && own.low < lent.high;
  });
}

bool is_pinned_array(const Interpreter& interpreter, PyObject* array) {
  // The one without a callback is the same for all who ask.
  Ref reference = Ref::steal(PyWeakref_NewRef(array, nullptr));
  return interpreter.pins.any([&](const BufferPin& pin) {
    return std::any_of(pin.anchors.begin(), pin.anchors.end(),
                       [&](const Ref& anchor) { return anchor.get() == reference.get(); });
  });
}

// Calls the original unless the memory is pinned.
template <typename IsPinned, typename Original>
PyObject* unless_pinned(PyObject* subject, IsPinned is_pinned, Original original) {
  try {
    Interpreter* interpreter = current();
    if (interpreter == nullptr || !is_pinned(*interpreter, subject)) return original();
    PyErr_SetString(PyExc_BufferError,
                    "Java or another interpreter uses this memory, so it cannot be moved: close "
                    "the NdArray or Payload first, or work on a copy");
  } catch (const PythonError&) {
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_SystemError, error.what());
  }
  return nullptr;
}

PyObject* guarded_resize(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  PyCFunctionFast original = resize_memory.load();
  // What is no buffer is for the function itself to refuse.
  if (count < 1 || PyObject_CheckBuffer(args[0]) == 0) return original(self, args, count);
  return unless_pinned(args[0], is_pinned_memory, [=] { return original(self, args, count); });
}

PyObject* guarded_set_state(PyObject* self, PyObject* args) {
  PyCFunction original = set_state.load();
  return unless_pinned(self, is_pinned_array, [=] { return original(self, args); });
}

// Interpreters with GILs of their own share the module's table, so it is read once and changed as a
// whole.
template <typename Function>
void replace(PyMethodDef& method, int flags, Function guarded, std::atomic<Function>& original) {
  auto place = reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(guarded));
  PyCFunction found = __atomic_load_n(&method.ml_meth, __ATOMIC_ACQUIRE);
  if (method.ml_flags != flags || found == place) return;
  original.store(reinterpret_cast<Function>(reinterpret_cast<void*>(found)));
  __atomic_store_n(&method.ml_meth, place, __ATOMIC_RELEASE);
}

void guard_ctypes() {
  PyObject* module = loaded_module("_ctypes");
  if (module == nullptr) return;
  PyObject* found = PyDict_GetItemString(PyModule_GetDict(module), "resize");
  if (found == nullptr || !PyCFunction_CheckExact(found)) return;
  replace(*reinterpret_cast<PyCFunctionObject*>(found)->m_ml, METH_FASTCALL, guarded_resize,
          resize_memory);
}

void guard_numpy(Types& types) {
  Ref attributes = Ref::steal(PyType_GetDict(types.loaded(KnownClass::kNumpyArray)));
  PyObject* found = PyDict_GetItemString(attributes.get(), "__setstate__");
  if (found == nullptr || !Py_IS_TYPE(found, &PyMethodDescr_Type)) return;
  replace(*reinterpret_cast<PyMethodDescrObject*>(found)->d_method, METH_VARARGS, guarded_set_state,
          set_state);
}

}  // namespace

void guard_moves(Interpreter& interpreter, const Owners& owners) {
  bool has_arrays = !owners.arrays.empty() && !interpreter.guards_arrays;
  bool has_ctypes = !owners.ctypes.empty() && !interpreter.guards_ctypes;
  if (!has_arrays && !has_ctypes) return;
  remember(interpreter);
  if (has_arrays) guard_numpy(interpreter.types);
  if (has_ctypes) guard_ctypes();
  interpreter.guards_arrays |= has_arrays;
  interpreter.guards_ctypes |= has_ctypes;
}

}  // namespace ophion
