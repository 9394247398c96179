#include "interpreter.h"

#include <cstdio>

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
  python.allow_daemon_threads = 0;
  python.gil = config.own_gil ? PyInterpreterConfig_OWN_GIL : PyInterpreterConfig_SHARED_GIL;
  return python;
}

void prepare(Interpreter& interpreter) {
  Ref main = Ref::steal(PyImport_AddModuleRef("__main__"));
  interpreter.globals = Ref::borrow(PyModule_GetDict(main.get()));
  interpreter.module = Ref::steal(PyImport_ImportModule("_ophion"));
  module_state(interpreter.module.get()).owner = &interpreter;
  // Puts Ophion's guards in place before any user code runs.
  Ref support = Ref::steal(PyImport_ImportModule("_ophion_support.start"));
}

void drop_references(Interpreter& interpreter) {
  interpreter.handles.clear();
  interpreter.types = Types();
  interpreter.globals = Ref();
}

// CPython aborts the process if it ends an interpreter that still has another thread state. What is
// left here belongs to no running Python code: the caller has seen Python's own threads end.
void delete_other_thread_states(const Interpreter& interpreter) {
  PyThreadState* next = nullptr;
  for (PyThreadState* state = PyInterpreterState_ThreadHead(interpreter.state); state != nullptr;
       state = next) {
    next = PyThreadState_Next(state);
    if (state == interpreter.carrier) continue;
    PyThreadState_Clear(state);
    PyThreadState_Delete(state);
  }
}

bool has_python_threads() {
  Ref thread = Ref::steal(PyImport_ImportModule("_thread"));
  Ref count = Ref::steal(PyObject_CallMethod(thread.get(), "_count", nullptr));
  return PyLong_AsLong(count.get()) > 0;
}

}  // namespace

Interpreter* interpreter_new(const InterpreterConfig& config, Failure* failure) {
  auto interpreter = std::make_unique<Interpreter>();
  interpreter->id = config.id;
  PyInterpreterConfig python = config_of(config);
  PyStatus status = Py_NewInterpreterFromConfig(&interpreter->carrier, &python);
  if (PyStatus_Exception(status)) {
    fail(failure, status.err_msg == nullptr ? "Py_NewInterpreterFromConfig failed"
                                            : status.err_msg);
    return nullptr;
  }
  interpreter->state = PyThreadState_GetInterpreter(interpreter->carrier);
  try {
    prepare(*interpreter);
    return interpreter.release();
  } catch (const PythonError&) {
    fail_with_python_error(failure);
  } catch (const std::exception& error) {
    fail(failure, error.what());
  }
  drop_references(*interpreter);
  interpreter->module = Ref();
  delete_other_thread_states(*interpreter);
  Py_EndInterpreter(interpreter->carrier);
  return nullptr;
}

bool interpreter_end(Interpreter* interpreter, Failure* failure) {
  try {
    if (interpreter->pins.count() != 0) {
      fail(failure, "memory of this interpreter is still lent");
      return false;
    }
    if (has_python_threads()) {
      fail(failure, "Python threads of this interpreter still run");
      return false;
    }
  } catch (const PythonError&) {
    fail_with_python_error(failure);
    return false;
  }
  drop_references(*interpreter);
  interpreter->module = Ref();
  PyErr_Clear();
  delete_other_thread_states(*interpreter);
  // Exporters that still live in this interpreter end now and find the record through the module.
  Py_EndInterpreter(interpreter->carrier);
  delete interpreter;
  return true;
}

}  // namespace ophion
