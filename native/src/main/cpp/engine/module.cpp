#include "module.h"

#include <dlfcn.h>

#include <algorithm>
#include <climits>
#include <new>

#include "buffers.h"
#include "callbacks.h"
#include "elf_probe.h"
#include "entrance.h"
#include "exports.h"
#include "extensions.h"
#include "failures.h"
#include "lifecycle.h"
#include "pickle_hooks.h"
#include "printing.h"
#include "stand_ins.h"

namespace ophion {
namespace {

// extension_support(path: bytes) -> int: see ExtensionSupport.
PyObject* extension_support_of(PyObject*, PyObject* path) {
  const char* name = PyBytes_AsString(path);
  if (name == nullptr) return nullptr;
  ExtensionSupport support;
  Py_BEGIN_ALLOW_THREADS support = extension_support(name);
  Py_END_ALLOW_THREADS return PyLong_FromLong(static_cast<long>(support));
}

// create_extension(spec, path: bytes, flags: int) -> module: see extensions.h.
PyObject* create_extension_of(PyObject*, PyObject* args) {
  PyObject* spec = nullptr;
  PyObject* path = nullptr;
  int flags = 0;
  if (!PyArg_ParseTuple(args, "OSi", &spec, &path, &flags)) return nullptr;
  try {
    return create_extension(spec, path, flags).release();
  } catch (const PythonError&) {
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_ImportError, error.what());
  }
  return nullptr;
}

// relocated(path: bytes, is_extension: bool) -> bytes: the file to open instead of a library; see
// HostTable.relocate.
PyObject* relocated(PyObject*, PyObject* args) {
  const char* name = nullptr;
  int is_extension = 0;
  if (!PyArg_ParseTuple(args, "yp", &name, &is_extension)) return nullptr;
  char found[PATH_MAX];
  Failure failure{};
  int32_t result;
  Py_BEGIN_ALLOW_THREADS result =
      host().relocate(image_slot(), name, is_extension, found, sizeof(found), &failure);
  Py_END_ALLOW_THREADS if (result == kStackEnds) {
    PyErr_SetString(PyExc_RecursionError,
                    "this thread's stack ends too near to call Java for the place of a library");
    return nullptr;
  }
  if (result != 0) {
    raise_text(PyExc_ImportError, failure.message);
    return nullptr;
  }
  return PyBytes_FromString(found);
}

// share_text(): see HostTable.share_text.
PyObject* share_text(PyObject*, PyObject*) {
  Py_BEGIN_ALLOW_THREADS host().share_text(image_slot());
  Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

// libpython() -> bytes: the file that this image's CPython was loaded from.
PyObject* libpython(PyObject*, PyObject*) {
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&Py_Initialize), &info) == 0 || info.dli_fname == nullptr) {
    PyErr_SetString(PyExc_RuntimeError, "the file of libpython is not known");
    return nullptr;
  }
  return PyBytes_FromString(info.dli_fname);
}

// tell_llvm(handle: int): gives llvmlite's LLVM the names of this libpython, which it looks for in
// the whole process otherwise and does not find. The handle is of a loaded libllvmlite.
PyObject* tell_llvm(PyObject*, PyObject* handle) {
  void* library = PyLong_AsVoidPtr(handle);
  if (library == nullptr && PyErr_Occurred()) return nullptr;
  auto add_symbol = reinterpret_cast<RegisterSymbol>(dlsym(library, "LLVMPY_AddSymbol"));
  if (add_symbol != nullptr) each_export(add_symbol);
  Py_RETURN_NONE;
}

// is_main() -> bool: whether this is the main interpreter of its image.
PyObject* is_main(PyObject*, PyObject*) {
  return PyBool_FromLong(PyInterpreterState_Get() == PyInterpreterState_Main());
}

// is_private() -> bool: whether the image is unmapped after its end.
PyObject* is_private(PyObject*, PyObject*) { return PyBool_FromLong(image_slot() != 0); }

// keep_mapped(): see lifecycle.h.
PyObject* keep_image_mapped(PyObject*, PyObject*) {
  keep_mapped();
  Py_RETURN_NONE;
}

// shut_entrance(): has threads of C that come to this interpreter from now on wait for ever.
PyObject* shut_entrance_of(PyObject*, PyObject*) {
  try {
    shut_callbacks();
    if (PyInterpreterState_Get() == PyInterpreterState_Main()) shut_entrance();
    Py_RETURN_NONE;
  } catch (const PythonError&) {
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  }
  return nullptr;
}

// are_callbacks_running() -> bool: see callbacks.h.
PyObject* are_callbacks_running_here(PyObject*, PyObject*) {
  try {
    return PyBool_FromLong(are_callbacks_running());
  } catch (const PythonError&) {
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  }
  return nullptr;
}

// guard_callbacks(function): see callbacks.h.
PyObject* guard_callbacks_of(PyObject*, PyObject* function) {
  if (PyCFunction_Check(function)) guard_callbacks(function);
  Py_RETURN_NONE;
}

// show_site(): sets sys.flags.no_site to 0, since site has run, though not by itself; child
// processes are started with the flags of their parent.
PyObject* show_site(PyObject*, PyObject*) {
  try {
    PyObject* flags = PySys_GetObject("flags");
    Ref type = Ref::borrow(reinterpret_cast<PyObject*>(Py_TYPE(flags)));
    Ref names = Ref::steal(PyObject_GetAttrString(type.get(), "__match_args__"));
    Ref count = Ref::steal(PyObject_GetAttrString(type.get(), "n_fields"));
    Py_ssize_t fields = PyLong_AsSsize_t(count.get());
    if (fields < 0) return nullptr;
    Ref wanted = Ref::steal(PyUnicode_FromString("no_site"));
    Py_ssize_t index = PySequence_Index(names.get(), wanted.get());
    if (index < 0) return nullptr;
    Ref shown = Ref::steal(PyStructSequence_New(Py_TYPE(flags)));
    for (Py_ssize_t i = 0; i < fields; ++i) {
      PyObject* value = i == index ? PyLong_FromLong(0) : PyStructSequence_GetItem(flags, i);
      if (i != index) Py_XINCREF(value);
      PyStructSequence_SetItem(shown.get(), i, value);
    }
    checked(PySys_SetObject("flags", shown.get()));
    Py_RETURN_NONE;
  } catch (const PythonError&) {
    return nullptr;
  }
}

// raise_in_thread(ident: int, exception: type) -> bool: PyThreadState_SetAsyncExc, which looks only
// at threads of this interpreter.
PyObject* raise_in_thread(PyObject*, PyObject* args) {
  unsigned long ident = 0;
  PyObject* exception = nullptr;
  if (!PyArg_ParseTuple(args, "kO", &ident, &exception)) return nullptr;
  return PyBool_FromLong(PyThreadState_SetAsyncExc(ident, exception));
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

// What `look` finds (or null) by ident, for each thread of this interpreter alone. CPython's own
// functions walk the threads of all interpreters, whose frames belong to GILs that the caller does
// not hold.
template <typename Look>
PyObject* of_own_threads(Look look) {
  try {
    Ref found = Ref::steal(PyDict_New());
    PyInterpreterState* own = PyInterpreterState_Get();
    for (PyThreadState* state = PyInterpreterState_ThreadHead(own); state != nullptr;
         state = PyThreadState_Next(state)) {
      PyObject* seen = look(state);
      if (seen == nullptr) continue;
      Ref held = Ref::steal(seen);
      Ref ident = Ref::steal(PyLong_FromUnsignedLong(state->thread_id));
      checked(PyDict_SetItem(found.get(), ident.get(), held.get()));
    }
    return found.release();
  } catch (const PythonError&) {
    return nullptr;
  }
}

// current_frames() -> dict[int, frame]: sys._current_frames.
PyObject* current_frames(PyObject*, PyObject*) {
  return of_own_threads([](PyThreadState* state) {
    return reinterpret_cast<PyObject*>(PyThreadState_GetFrame(state));
  });
}

// current_exceptions() -> dict[int, BaseException | None]: sys._current_exceptions.
PyObject* current_exceptions(PyObject*, PyObject*) {
  return of_own_threads([](PyThreadState* state) -> PyObject* {
    _PyErr_StackItem* handled = state->exc_info;
    if (handled == nullptr) return nullptr;
    while ((handled->exc_value == nullptr || handled->exc_value == Py_None) &&
           handled->previous_item != nullptr) {
      handled = handled->previous_item;
    }
    return Py_NewRef(handled->exc_value == nullptr ? Py_None : handled->exc_value);
  });
}

PyMethodDef methods[] = {
    {"write", write_output, METH_VARARGS, nullptr},
    {"is_logged", is_logged, METH_VARARGS, nullptr},
    {"log", log_record, METH_VARARGS, nullptr},
    {"extension_support", extension_support_of, METH_O, nullptr},
    {"create_extension", create_extension_of, METH_VARARGS, nullptr},
    {"relocated", relocated, METH_VARARGS, nullptr},
    {"share_text", share_text, METH_NOARGS, nullptr},
    {"libpython", libpython, METH_NOARGS, nullptr},
    {"tell_llvm", tell_llvm, METH_O, nullptr},
    {"is_main", is_main, METH_NOARGS, nullptr},
    {"is_private", is_private, METH_NOARGS, nullptr},
    {"keep_mapped", keep_image_mapped, METH_NOARGS, nullptr},
    {"are_callbacks_running", are_callbacks_running_here, METH_NOARGS, nullptr},
    {"shut_entrance", shut_entrance_of, METH_NOARGS, nullptr},
    {"guard_callbacks", guard_callbacks_of, METH_O, nullptr},
    {"show_site", show_site, METH_NOARGS, nullptr},
    {"raise_in_thread", raise_in_thread, METH_VARARGS, nullptr},
    {"threads", threads, METH_NOARGS, nullptr},
    {"current_frames", current_frames, METH_NOARGS, nullptr},
    {"current_exceptions", current_exceptions, METH_NOARGS, nullptr},
    {"stand_in", stand_in, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

int exec_module(PyObject* module) {
  try {
    add_exporter_type(module);
    add_pickle_hooks_type(module);
    add_stand_in_type(module);
    return 0;
  } catch (const PythonError&) {
    return -1;
  }
}

int traverse(PyObject* module, visitproc visit, void* arg) {
  Py_VISIT(module_state(module).exporter_type);
  Py_VISIT(module_state(module).pickle_hooks_type);
  Py_VISIT(module_state(module).stand_in_type);
  return 0;
}

int clear(PyObject* module) {
  Py_CLEAR(module_state(module).exporter_type);
  Py_CLEAR(module_state(module).pickle_hooks_type);
  Py_CLEAR(module_state(module).stand_in_type);
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

ModuleState& module_state(PyObject* module) {
  return *static_cast<ModuleState*>(PyModule_GetState(module));
}

void register_module() {
  // The table of built-in modules outlives Py_FinalizeEx, so a second start finds it there.
  const _inittab* end = PyImport_Inittab;
  for (; end->name != nullptr; ++end) {
    if (std::string_view(end->name) == "_ophion") return;
  }
  // PyImport_AppendInittab puts its copy where free_memory() does not find it.
  auto size = static_cast<size_t>(end - PyImport_Inittab);
  void* memory = PyMem_RawCalloc(size + 2, sizeof(_inittab));
  if (memory == nullptr) throw std::bad_alloc();
  auto* table = static_cast<_inittab*>(memory);
  std::copy(PyImport_Inittab, PyImport_Inittab + size, table);
  table[size] = {"_ophion", initialize};
  PyImport_Inittab = table;
}

}  // namespace ophion
