#include "interpreter.h"

#include <algorithm>
#include <string>

#include "callbacks.h"
#include "entrance.h"
#include "failures.h"
#include "lifecycle.h"
#include "module.h"

namespace ophion {
namespace {

PyInterpreterConfig config_of(const InterpreterConfig& config) {
  PyInterpreterConfig python{};
  // An own GIL needs an own allocator, and that needs the check of extension modules.
  python.use_main_obmalloc = 0;
  python.check_multi_interp_extensions = 1;
  python.allow_fork = 0;
  python.allow_exec = 0;
  python.allow_threads = 1;
  python.allow_daemon_threads = 1;  // the end waits for them: see still_used
  python.gil = config.own_gil ? PyInterpreterConfig_OWN_GIL : PyInterpreterConfig_SHARED_GIL;
  return python;
}

PyThreadState* make_state(const InterpreterConfig& config, Failure* failure) {
  if (config.is_main) return image_enter();
  PyThreadState* made = nullptr;
  PyInterpreterConfig python = config_of(config);
  PyStatus status = Py_NewInterpreterFromConfig(&made, &python);
  if (PyStatus_Exception(status)) {
    fail(failure,
         status.err_msg == nullptr ? "Py_NewInterpreterFromConfig failed" : status.err_msg);
    return nullptr;
  }
  return made;
}

// CPython gives a subinterpreter that of whoever makes it. _ophion_support.environment goes by it.
void set_executable(const char* file) {
  Ref name = Ref::steal(PyUnicode_DecodeFSDefault(file));
  checked(PySys_SetObject("executable", name.get()));
}

constexpr const char* kSupport = "_ophion_support.";

void prepare(Interpreter& interpreter) {
  interpreter.support = Ref::steal(PyDict_New());
  Ref main = Ref::steal(PyImport_AddModuleRef("__main__"));
  interpreter.globals = Ref::borrow(PyModule_GetDict(main.get()));
  interpreter.module = Ref::steal(PyImport_ImportModule("_ophion"));
  module_state(interpreter.module.get()).owner = &interpreter;
  if (!interpreter.is_main) {
    Ref threads = support_module(interpreter, "threads");
    Ref::steal(PyObject_CallMethod(threads.get(), "make_main", nullptr));
  }
  // Puts Ophion's guards in place before any user code runs.
  for (const char* name : {"start", "closing", "errors", "output"}) {
    support_module(interpreter, name);
  }
}

// Everything whose finalizers may be the user's.
void drop_references(Interpreter& interpreter) {
  interpreter.handles.clear();
  interpreter.types = Types();
  interpreter.globals = Ref();
  PyErr_Clear();
}

// They would run beside the end, where nobody waits any more for what they begin.
bool has_exit_functions(Interpreter& interpreter) {
  try {
    Ref closing = support_module(interpreter, "closing");
    Ref result = Ref::steal(PyObject_CallMethod(closing.get(), "has_exit_functions", nullptr));
    return result.get() == Py_True;
  } catch (const PythonError&) {
    PyErr_Clear();
    return false;
  }
}

// CPython aborts the process if it ends an interpreter that still has another thread state, and
// deleting one under its thread corrupts the heap.
const char* still_used(const Interpreter& interpreter) {
  if (interpreter.pins.count() != 0) return "memory of this interpreter is still lent";
  for (PyThreadState* state = PyInterpreterState_ThreadHead(interpreter.state); state != nullptr;
       state = PyThreadState_Next(state)) {
    if (state != interpreter.carrier) return "threads of this interpreter still run";
  }
  return nullptr;
}

void end(Interpreter& interpreter) {
  interpreter.support = Ref();
  interpreter.module = Ref();
  PyErr_Clear();
  // Exporters that still live in this interpreter end now and find the record through the module.
  if (interpreter.is_main) {
    image_finalize();
  } else {
    Py_EndInterpreter(interpreter.carrier);
  }
}

}  // namespace

Ref support_module(Interpreter& interpreter, const char* name) {
  PyObject* known = nullptr;
  checked(PyDict_GetItemStringRef(interpreter.support.get(), name, &known));
  if (known != nullptr) return Ref::steal(known);
  Ref module = Ref::steal(PyImport_ImportModule((std::string(kSupport) + name).c_str()));
  checked(PyDict_SetItemString(interpreter.support.get(), name, module.get()));
  return module;
}

std::vector<PyThreadState*> python_threads(const Interpreter& interpreter) {
  std::vector<PyThreadState*> found;
  for (PyThreadState* state = PyInterpreterState_ThreadHead(interpreter.state); state != nullptr;
       state = PyThreadState_Next(state)) {
    const auto& visitors = interpreter.visitors;
    bool visits = std::find(visitors.begin(), visitors.end(), state) != visitors.end();
    if (state != interpreter.carrier && !visits) found.push_back(state);
  }
  return found;
}

Interpreter* interpreter_new(const InterpreterConfig& config, Failure* failure) {
  auto interpreter = std::make_unique<Interpreter>();
  interpreter->id = config.id;
  interpreter->is_main = config.is_main != 0;
  interpreter->carrier = make_state(config, failure);
  if (interpreter->carrier == nullptr) return nullptr;
  interpreter->state = PyThreadState_GetInterpreter(interpreter->carrier);
  try {
    if (config.executable != nullptr) set_executable(config.executable);
    prepare(*interpreter);
    return interpreter.release();
  } catch (const PythonError&) {
    fail_with_python_error(failure);
  } catch (const std::exception& error) {
    fail(failure, error.what());
  }
  try {
    shut_callbacks();  // `site` may have made some
  } catch (const std::exception&) {
  } catch (const PythonError&) {
  }
  drop_references(*interpreter);
  end(*interpreter);
  return nullptr;
}

bool interpreter_end(Interpreter* interpreter, Failure* failure) {
  try {
    shut_callbacks();
  } catch (const PythonError&) {
    fail_with_python_error(failure);
    return false;
  }
  if (interpreter->is_main) shut_entrance();
  const char* reason = still_used(*interpreter);
  if (reason == nullptr) {
    drop_references(*interpreter);
    // By what a finalizer has begun; the last lease may have ended since the exit functions ran.
    if (has_exit_functions(*interpreter)) reason = "exit functions are registered";
    if (reason == nullptr) reason = still_used(*interpreter);
  }
  if (reason != nullptr) {
    fail(failure, reason);
    return false;
  }
  end(*interpreter);
  delete interpreter;
  return true;
}

}  // namespace ophion
