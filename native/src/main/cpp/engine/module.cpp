#include "module.h"

#include "buffers.h"
#include "elf_probe.h"
#include "pickle_hooks.h"

namespace ophion {
namespace {

Interpreter& owner_of(PyObject* module) {
  Interpreter* owner = module_state(module).owner;
  if (owner == nullptr) {
    PyErr_SetString(PyExc_RuntimeError,
                    "_ophion works only in interpreters that Ophion made; this one was made "
                    "otherwise");
    throw PythonError();
  }
  return *owner;
}

// write(stream: int, text: str): hands text to the interpreter's output, with the GIL released.
PyObject* write(PyObject* module, PyObject* args) {
  int stream = 0;
  PyObject* text = nullptr;
  if (!PyArg_ParseTuple(args, "iU", &stream, &text)) return nullptr;
  try {
    uint64_t id = owner_of(module).id;
    Ref encoded = Ref::steal(PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace"));
    Failure failure{};
    int32_t result;
    {
      GilRelease released;
      result = host().write(id, stream, PyBytes_AS_STRING(encoded.get()),
                            static_cast<uint64_t>(PyBytes_GET_SIZE(encoded.get())), &failure);
    }
    if (result != 0) {
      PyErr_SetString(PyExc_OSError, failure.message);
      return nullptr;
    }
  } catch (const PythonError&) {
    return nullptr;
  }
  Py_RETURN_NONE;
}

// extension_support(path: bytes) -> int: see ExtensionSupport.
PyObject* extension_support_of(PyObject*, PyObject* path) {
  const char* name = PyBytes_AsString(path);
  if (name == nullptr) return nullptr;
  ExtensionSupport support;
  Py_BEGIN_ALLOW_THREADS support = extension_support(name);
  Py_END_ALLOW_THREADS return PyLong_FromLong(static_cast<long>(support));
}

// raise_in_thread(ident: int, exception: type | None) -> bool: PyThreadState_SetAsyncExc, which
// looks only at threads of this interpreter. None takes back what has not been raised yet.
PyObject* raise_in_thread(PyObject*, PyObject* args) {
  unsigned long ident = 0;
  PyObject* exception = nullptr;
  if (!PyArg_ParseTuple(args, "kO", &ident, &exception)) return nullptr;
  PyObject* raised = exception == Py_None ? nullptr : exception;
  return PyBool_FromLong(PyThreadState_SetAsyncExc(ident, raised));
}

// threads() -> list[int]: the idents of Python's own threads.
PyObject* threads(PyObject* module, PyObject*) {
  try {
    Ref idents = Ref::steal(PyList_New(0));
    for (PyThreadState* state : python_threads(owner_of(module))) {
      Ref ident = Ref::steal(PyLong_FromUnsignedLong(state->thread_id));
      checked(PyList_Append(idents.get(), ident.get()));
    }
    return idents.release();
  } catch (const PythonError&) {
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  }
  return nullptr;
}

// current_frames() -> dict[int, frame]: sys._current_frames for this interpreter alone. CPython's
// own walks the threads of all interpreters, whose frames belong to GILs that the caller does not
// hold.
PyObject* current_frames(PyObject*, PyObject*) {
  try {
    Ref frames = Ref::steal(PyDict_New());
    PyInterpreterState* own = PyInterpreterState_Get();
    for (PyThreadState* state = PyInterpreterState_ThreadHead(own); state != nullptr;
         state = PyThreadState_Next(state)) {
      PyFrameObject* frame = PyThreadState_GetFrame(state);
      if (frame == nullptr) continue;
      Ref held = Ref::steal(reinterpret_cast<PyObject*>(frame));
      Ref ident = Ref::steal(PyLong_FromUnsignedLong(state->thread_id));
      checked(PyDict_SetItem(frames.get(), ident.get(), held.get()));
    }
    return frames.release();
  } catch (const PythonError&) {
    return nullptr;
  }
}

PyMethodDef methods[] = {
    {"write", write, METH_VARARGS, nullptr},
    {"extension_support", extension_support_of, METH_O, nullptr},
    {"raise_in_thread", raise_in_thread, METH_VARARGS, nullptr},
    {"threads", threads, METH_NOARGS, nullptr},
    {"current_frames", current_frames, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

int exec_module(PyObject* module) {
  try {
    add_exporter_type(module);
    add_pickle_hooks_type(module);
    return 0;
  } catch (const PythonError&) {
    return -1;
  }
}

int traverse(PyObject* module, visitproc visit, void* arg) {
  Py_VISIT(module_state(module).exporter_type);
  Py_VISIT(module_state(module).pickle_hooks_type);
  return 0;
}

int clear(PyObject* module) {
  Py_CLEAR(module_state(module).exporter_type);
  Py_CLEAR(module_state(module).pickle_hooks_type);
  return 0;
}

PyModuleDef_Slot slots[] = {
    {Py_mod_exec, reinterpret_cast<void*>(exec_module)},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {0, nullptr},
};

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    "_ophion",
    "What Ophion's own Python code asks of the engine.",
    sizeof(ModuleState),
    methods,
    slots,
    traverse,
    clear,
    nullptr,
};

PyObject* initialize() { return PyModuleDef_Init(&definition); }

}  // namespace

ModuleState& module_state(PyObject* module) {
  return *static_cast<ModuleState*>(PyModule_GetState(module));
}

void register_module() {
  // The table of built-in modules outlives Py_FinalizeEx, so a second start finds it there.
  for (const _inittab* entry = PyImport_Inittab; entry->name != nullptr; ++entry) {
    if (std::string_view(entry->name) == "_ophion") return;
  }
  if (PyImport_AppendInittab("_ophion", initialize) != 0) throw std::bad_alloc();
}

}  // namespace ophion
