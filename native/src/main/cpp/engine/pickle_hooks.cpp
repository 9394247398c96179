// Pickle sends nothing of bytes, bytearray, array.array, memoryview, ctypes arrays and mmap out of
// band. Its C pickler asks reducer_override for none of the exact built-in types, but it asks
// persistent_id for every object before anything else, so that is where these are caught. It is
// native because of that "every": in Python it would cost more than the pickling itself.
//
// What arrives for them is a memoryview, which is right for data in plain containers but not for
// what an object is made of: array.array's or ndarray's reconstructor, and many a class, insist on
// bytes. So what an object's own reduction holds is noted as exact, and rebuilt by the receiver in
// its own type, with one copy.
#include "pickle_hooks.h"

#include <new>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "exits.h"
#include "module.h"
#include "names.h"
#include "values_parts.h"

namespace ophion {
namespace {

constexpr Py_ssize_t kSmallestOutOfBand = 16 * 1024;

// Deep enough for any reduction that is not a cycle; what lies deeper arrives as a memoryview.
constexpr int kReductionDepth = 16;

// Containers up to this length that hold no others are cheaper to look at again than to remember.
constexpr Py_ssize_t kForgettable = 64;

struct State {
  explicit State(Interpreter& owner) : interpreter(&owner), types(owner.types) {}

  Interpreter* interpreter;
  std::vector<OutOfBand> sent;
  std::unordered_map<PyObject*, size_t> numbers;
  std::unordered_set<PyObject*> exact;
  std::unordered_set<PyObject*> walked;
  std::vector<Ref> kept;  // what `exact` and `walked` name by address
  Ref protocol;           // 5
  OutOfBandTypes types;
  Ref code;           // _ophion_support.code.Reducer; null until it is needed
  Ref code_reducers;  // its reducers, by type
};

struct Hooks {
  PyObject_HEAD State* state;
};

State& state_of(PyObject* self) { return *reinterpret_cast<Hooks*>(self)->state; }

// Runs what may throw and reports it the way CPython wants.
template <typename Body>
PyObject* guarded(Body body) {
  try {
    return body();
  } catch (const PythonError&) {
  } catch (const NotTransferable& refusal) {
    PyErr_SetString(PyExc_TypeError, refusal.message.c_str());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_SystemError, error.what());
  }
  return nullptr;
}

bool is_exactable(const State& state, PyObject* object) {
  PyTypeObject* type = Py_TYPE(object);
  return type == &PyBytes_Type || type == &PyByteArray_Type ||
         (state.types.array != nullptr && type == state.types.array);
}

// The persistent id: the number, or its complement if the receiver is to rebuild the type.
PyObject* send(State& state, PyObject* object, BufferKind kind) {
  auto found = state.numbers.find(object);
  size_t number = found == state.numbers.end() ? state.sent.size() : found->second;
  if (found == state.numbers.end()) {
    state.sent.push_back({kind, Ref::borrow(object), pin_buffer(*state.interpreter, object)});
    state.numbers.emplace(object, number);
  }
  auto id = static_cast<Py_ssize_t>(number);
  return PyLong_FromSsize_t(state.exact.count(object) != 0 ? ~id : id);
}

PyObject* persistent_id(PyObject* self, PyObject* object) {
  BufferKind kind;
  if (!state_of(self).types.classify(object, &kind)) Py_RETURN_NONE;
  return guarded([&] { return send(state_of(self), object, kind); });
}

void note_exact(State& state, PyObject* object, int depth);

bool is_container(PyObject* object) {
  return PyTuple_CheckExact(object) || PyList_CheckExact(object) || PyDict_CheckExact(object);
}

void note_items(State& state, PyObject* container, int depth) {
  if (PyDict_CheckExact(container)) {
    Py_ssize_t at = 0;
    PyObject* key;
    PyObject* value;
    while (PyDict_Next(container, &at, &key, &value)) {
      note_exact(state, key, depth);
      note_exact(state, value, depth);
    }
    return;
  }
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(container); ++i) {
    note_exact(state, PySequence_Fast_GET_ITEM(container, i), depth);
  }
}

// Notes what the object holds directly or in plain containers. Runs no Python code.
void note_exact(State& state, PyObject* object, int depth) {
  if (is_exactable(state, object)) {
    if (state.exact.insert(object).second) state.kept.push_back(Ref::borrow(object));
    return;
  }
  if (!is_container(object) || depth == kReductionDepth) return;
  if (depth > 0 || PyObject_Size(object) > kForgettable) {
    if (!state.walked.insert(object).second) return;
    state.kept.push_back(Ref::borrow(object));
  }
  note_items(state, object, depth + 1);
}

PyObject* reducer_of(const State& state, PyObject* object) {
  auto* type = reinterpret_cast<PyObject*>(Py_TYPE(object));
  PyObject* reducer = nullptr;
  if (checked(PyDict_GetItemRef(state.interpreter->types.dispatch_table(), type, &reducer)) == 0 &&
      state.code_reducers) {
    checked(PyDict_GetItemRef(state.code_reducers.get(), type, &reducer));
  }
  return reducer;
}

Ref reduce(const State& state, PyObject* object) {
  if (PyObject* reducer = reducer_of(state, object)) {
    Ref owned = Ref::steal(reducer);
    return Ref::steal(PyObject_CallOneArg(owned.get(), object));
  }
  if (Py_TYPE(object) == state.types.numpy_array && is_array_of_dates(*state.interpreter, object)) {
    Ref arrays = support_module(*state.interpreter, "arrays");
    return Ref::steal(PyObject_CallMethod(arrays.get(), "reduced", "O", object));
  }
  return Ref::steal(PyObject_CallMethodOneArg(
      object, state.interpreter->types.name(Name::kReduceEx), state.protocol.get()));
}

// What the sender's own modules have under the name, or null. Runs code of modules and classes.
Ref looked_up(PyObject* module_name, PyObject* name) {
  PyObject* modules = PySys_GetObject("modules");
  if (modules == nullptr || !PyDict_Check(modules)) return Ref();
  PyObject* module = PyDict_GetItemWithError(modules, module_name);
  if (module == nullptr) {
    if (PyErr_Occurred()) throw PythonError();
    return Ref();
  }
  return find_qualified(Ref::borrow(module), name);
}

// Whether no other interpreter finds the object by this name: it is of __main__, or was defined
// within a function, or something else has its name.
bool travels_by_value(PyObject* object, PyObject* name) {
  PyObject* attribute = nullptr;
  checked(PyObject_GetOptionalAttrString(object, "__module__", &attribute));
  if (attribute == nullptr) return false;
  Ref module = Ref::steal(attribute);
  if (!PyUnicode_Check(module.get()) || !PyUnicode_Check(name)) return false;
  if (PyUnicode_EqualToUTF8(module.get(), "__main__") != 0) return true;
  return looked_up(module.get(), name).get() != object;
}

bool travels_by_value(PyObject* definition) {
  if (PyType_Check(definition) &&
      !PyType_HasFeature(reinterpret_cast<PyTypeObject*>(definition), Py_TPFLAGS_HEAPTYPE)) {
    return false;
  }
  Ref name = Ref::steal(PyObject_GetAttrString(definition, "__qualname__"));
  return travels_by_value(definition, name.get());
}

// A type that only the module `types` has a name for, as code and cells are of.
bool is_nameless(PyObject* definition) {
  if (!PyType_Check(definition)) return false;
  auto* type = reinterpret_cast<PyTypeObject*>(definition);
  if (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) return false;
  if (std::string_view(type->tp_name).find('.') != std::string_view::npos) return false;
  PyObject* found = nullptr;
  checked(PyDict_GetItemStringRef(PyEval_GetBuiltins(), type->tp_name, &found));
  Py_XDECREF(found);
  return found == nullptr;
}

PyObject* code_of(State& state) {
  if (!state.code) {
    Ref module = support_module(*state.interpreter, "code");
    Ref reducer = Ref::steal(PyObject_CallMethod(module.get(), "Reducer", nullptr));
    state.code_reducers = Ref::steal(PyObject_GetAttrString(reducer.get(), "reducers"));
    state.code = std::move(reducer);
  }
  return state.code.get();
}

PyObject* reduce_definition(State& state, PyObject* definition) {
  bool is_part = state.code && is_nameless(definition);
  if (!is_part && !travels_by_value(definition)) Py_RETURN_NOTIMPLEMENTED;
  return Ref::steal(PyObject_CallMethod(code_of(state), "reduce", "O", definition)).release();
}

// reducer_override: reduces as pickle itself would and notes what must stay exact. The items that
// list and dict subclasses give by iterators are data, not parts of the object.
PyObject* reducer_override(PyObject* self, PyObject* object) {
  return guarded([&] {
    State& state = state_of(self);
    if (PyFunction_Check(object) || PyType_Check(object)) return reduce_definition(state, object);
    Ref reduced = reduce(state, object);
    if (PyUnicode_Check(reduced.get()) && travels_by_value(object, reduced.get())) {
      reduced = Ref::steal(
          PyObject_CallMethod(code_of(state), "reduce_named", "OO", object, reduced.get()));
    }
    if (PyTuple_CheckExact(reduced.get())) {
      Py_ssize_t parts = PyTuple_GET_SIZE(reduced.get());
      for (Py_ssize_t i = 1; i < parts && i < 3; ++i) {
        note_exact(state, PyTuple_GET_ITEM(reduced.get(), i), 0);
      }
    }
    return reduced.release();
  });
}

// The buffer_callback of pickle: always out of band.
PyObject* take_buffer(PyObject* self, PyObject* buffer) {
  return guarded([&]() -> PyObject* {
    State& state = state_of(self);
    std::unique_ptr<BufferPin> pin = pin_buffer(*state.interpreter, buffer);
    state.sent.push_back({BufferKind::kPickle, Ref::borrow(buffer), std::move(pin)});
    Py_RETURN_FALSE;
  });
}

void dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  delete reinterpret_cast<Hooks*>(self)->state;
  type->tp_free(self);
  Py_DECREF(type);
}

PyMethodDef methods[] = {
    {"persistent_id", persistent_id, METH_O, nullptr},
    {"reducer_override", reducer_override, METH_O, nullptr},
    {"take_buffer", take_buffer, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
    {Py_tp_methods, methods},
    {0, nullptr},
};

PyType_Spec spec = {
    "_ophion.PickleHooks",
    sizeof(Hooks),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    slots,
};

}  // namespace

OutOfBandTypes::OutOfBandTypes(Types& types)
    : array(types.loaded(KnownClass::kArray)),
      mmap(types.loaded(KnownClass::kMmap)),
      ctypes_array(types.loaded(KnownClass::kCtypesArray)),
      numpy_array(types.loaded(KnownClass::kNumpyArray)) {}

bool OutOfBandTypes::classify(PyObject* object, BufferKind* kind) const {
  PyTypeObject* type = Py_TYPE(object);
  if (type == &PyBytes_Type) {
    *kind = BufferKind::kBytes;
    return PyBytes_GET_SIZE(object) >= kSmallestOutOfBand;
  }
  if (type == &PyByteArray_Type) {
    *kind = BufferKind::kByteArray;
    return PyByteArray_GET_SIZE(object) >= kSmallestOutOfBand;
  }
  if (type == array) {
    *kind = BufferKind::kArray;
    return true;
  }
  *kind = BufferKind::kView;
  if (type == &PyMemoryView_Type || type == mmap) return true;
  // ctypes' arrays have a metaclass of their own, which spares all others the look at the bases.
  return ctypes_array != nullptr && Py_TYPE(type) != &PyType_Type &&
         PyType_IsSubtype(type, ctypes_array);
}

Ref make_pickle_hooks(Interpreter& interpreter) {
  auto state = std::make_unique<State>(interpreter);
  state->protocol = Ref::steal(PyLong_FromLong(5));
  PyTypeObject* type = module_state(interpreter.module.get()).pickle_hooks_type;
  Ref hooks = Ref::steal(type->tp_alloc(type, 0));
  reinterpret_cast<Hooks*>(hooks.get())->state = state.release();
  return hooks;
}

std::vector<OutOfBand>& out_of_band(PyObject* hooks) { return state_of(hooks).sent; }

void add_pickle_hooks_type(PyObject* module) {
  Ref type = Ref::steal(PyType_FromModuleAndSpec(module, &spec, nullptr));
  module_state(module).pickle_hooks_type = reinterpret_cast<PyTypeObject*>(type.release());
}

}  // namespace ophion
