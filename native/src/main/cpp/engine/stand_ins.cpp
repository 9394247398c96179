#include "stand_ins.h"

#include "module.h"

namespace ophion {
namespace {

// The __self__ of a stand-in. CPython takes a built-in function for one of a module, as repr,
// pickle and inspect do, if that is a module, so this is one by type. The function's description
// lives here, since it has to live exactly as long as the function's __self__.
struct Holder {
  PyObject* original;
  PyObject* guard;
  PyMethodDef description;
};

Holder& holder_of(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  return *static_cast<Holder*>(PyObject_GetTypeData(self, type));
}

PyObject* call(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  PyObject* guard = holder_of(self).guard;
  if (guard == nullptr) {
    PyErr_SetString(PyExc_RuntimeError, "the interpreter is ending");
    return nullptr;
  }
  return PyObject_Vectorcall(guard, args, static_cast<size_t>(count), names);
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Holder& holder = holder_of(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(holder.original);
  Py_VISIT(holder.guard);
  return PyModule_Type.tp_traverse(self, visit, arg);
}

int clear(PyObject* self) {
  Py_CLEAR(holder_of(self).guard);
  return PyModule_Type.tp_clear(self);
}

void dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Holder& holder = holder_of(self);
  Py_CLEAR(holder.original);
  Py_CLEAR(holder.guard);
  PyModule_Type.tp_dealloc(self);
  Py_DECREF(type);
}

PyType_Slot slots[] = {
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(clear)},
    {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
    {0, nullptr},
};

PyType_Spec spec = {
    "_ophion.Guarded",
    -static_cast<int>(sizeof(Holder)),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    slots,
};

}  // namespace

PyObject* stand_in(PyObject* module, PyObject* args) {
  PyObject* original = nullptr;
  PyObject* guard = nullptr;
  if (!PyArg_ParseTuple(args, "OO", &original, &guard)) return nullptr;
  if (!PyCFunction_Check(original)) return Py_NewRef(guard);
  try {
    const auto& known = *reinterpret_cast<PyCFunctionObject*>(original);
    Ref name = known.m_module == nullptr ? Ref::steal(PyUnicode_FromString("builtins"))
                                         : Ref::borrow(known.m_module);
    auto* type = reinterpret_cast<PyObject*>(module_state(module).stand_in_type);
    Ref self = Ref::steal(PyObject_CallOneArg(type, name.get()));
    Holder& holder = holder_of(self.get());
    holder.original = Py_NewRef(original);
    holder.guard = Py_NewRef(guard);
    holder.description = {known.m_ml->ml_name,
                          reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(call)),
                          METH_FASTCALL | METH_KEYWORDS, known.m_ml->ml_doc};
    return PyCFunction_NewEx(&holder.description, self.get(), known.m_module);
  } catch (const PythonError&) {
    return nullptr;
  }
}

void add_stand_in_type(PyObject* module) {
  auto* base = reinterpret_cast<PyObject*>(&PyModule_Type);
  Ref type = Ref::steal(PyType_FromModuleAndSpec(module, &spec, base));
  module_state(module).stand_in_type = reinterpret_cast<PyTypeObject*>(type.release());
}

}  // namespace ophion
