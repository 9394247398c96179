#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "callbacks.h"
#include "entrance.h"
#include "failures.h"
#include "lifecycle.h"
#include "memory.h"
#include "module.h"
#include "recursion.h"

namespace ophion {
namespace {

// The main interpreter's thread state while its thread is detached. One an image: the engine is
// loaded once for each.
PyThreadState* main_state = nullptr;

uint64_t slot = 0;

std::atomic<bool> kept_mapped{false};  // nested interpreters have GILs of their own

// _ophion_support.threads.join_all. Taken before user code can replace it.
PyObject* join_threads = nullptr;

class Config {
 public:
  explicit Config(bool isolated) {
    if (isolated) {
      PyConfig_InitIsolatedConfig(&config_);
    } else {
      PyConfig_InitPythonConfig(&config_);
    }
  }
  ~Config() { PyConfig_Clear(&config_); }
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  PyConfig& get() { return config_; }
  PyConfig* operator->() { return &config_; }
  PyStatus set(wchar_t** field, const std::string& value) {
    return PyConfig_SetBytesString(&config_, field, value.c_str());
  }

 private:
  PyConfig config_;
};

PyStatus preinitialize(const StartConfig& start) {
  PyPreConfig config;
  if (start.use_environment) {
    PyPreConfig_InitPythonConfig(&config);
    config.parse_argv = 0;
  } else {
    PyPreConfig_InitIsolatedConfig(&config);
  }
  config.utf8_mode = 1;
  return Py_PreInitialize(&config);
}

// The whole of sys.path but for what `site` adds.
PyStatus set_search_paths(PyConfig& config, std::string_view list) {
  config.module_search_paths_set = 1;
  PyStatus status = PyStatus_Ok();
  while (!list.empty() && !PyStatus_Exception(status)) {
    size_t end = list.find('\n');
    std::string entry(list.substr(0, end));
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    wchar_t* decoded = Py_DecodeLocale(entry.c_str(), nullptr);
    if (decoded == nullptr) return PyStatus_NoMemory();
    status = PyWideStringList_Append(&config.module_search_paths, decoded);
    PyMem_RawFree(decoded);
  }
  return status;
}

PyStatus initialize(const StartConfig& start) {
  PyStatus status = preinitialize(start);
  if (PyStatus_Exception(status)) return status;
  Config config(start.use_environment == 0);
  config->install_signal_handlers = 0;  // HotSpot needs them
  config->faulthandler = 0;             // as above; PYTHONFAULTHANDLER and PYTHONDEVMODE ask for it
  // PYTHONTRACEMALLOC asks for it; its one lock and the GILs of subinterpreters lock each other up.
  config->tracemalloc = 0;
  config->parse_argv = 0;
  config->user_site_directory = start.user_site;
  config->write_bytecode = 1;
  config->pathconfig_warnings = 0;
  // Extension modules that the user's site runs need the import hook, so `site` comes after it:
  // see _ophion_support/start.py.
  config->site_import = 0;
  status = config.set(&config->home, start.home);
  if (PyStatus_Exception(status)) return status;
  status = config.set(&config->executable, start.executable);
  if (PyStatus_Exception(status)) return status;
  // Modules that are frozen into libpython find their source there.
  status = config.set(&config->stdlib_dir, std::string(start.home) + "/lib/python" +
                                               std::to_string(PY_MAJOR_VERSION) + "." +
                                               std::to_string(PY_MINOR_VERSION));
  if (PyStatus_Exception(status)) return status;
  status = set_search_paths(config.get(), start.search_paths);
  if (PyStatus_Exception(status)) return status;
  return Py_InitializeFromConfig(&config.get());
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

// Its allocator would take the place of the tracking one half-way.
bool asks_for_allocator(const StartConfig& start) {
  return start.use_environment != 0 && (is_set("PYTHONMALLOC") || is_set("PYTHONDEVMODE"));
}

bool prepare_main(Failure* failure) {
  try {
    join_threads = import_attribute("_ophion_support.threads", "join_all").release();
    Ref::steal(PyImport_ImportModule("_ophion_support.start"));
    return true;
  } catch (const PythonError&) {
    fail_with_python_error(failure);
    return false;
  }
}

}  // namespace

bool image_start(const StartConfig& config, Failure* failure) {
  try {
    slot = config.slot;
    // The shared image is never unmapped.
    if (slot != 0 && !asks_for_allocator(config)) track_memory();
    register_module();
    replace_recursion_check(config.stack_guard);
    make_entrance();
    PyStatus status = initialize(config);
    if (PyStatus_Exception(status)) {
      std::snprintf(failure->message, sizeof(failure->message), "%s: %s",
                    status.func == nullptr ? "Py_InitializeFromConfig" : status.func,
                    status.err_msg == nullptr ? "failed" : status.err_msg);
      return false;
    }
    open_entrance();
    if (!prepare_main(failure)) {
      image_finalize();
      return false;
    }
    main_state = PyEval_SaveThread();
    return true;
  } catch (const std::exception& error) {
    fail(failure, error.what());
    return false;
  }
}

bool image_stop(Failure* failure) {
  shut_entrance();
  PyEval_RestoreThread(main_state);
  main_state = nullptr;
  Py_CLEAR(join_threads);
  if (Py_FinalizeEx() < 0) {
    fail(failure, "Py_FinalizeEx could not flush everything");
    return false;
  }
  return true;
}

PyThreadState* image_enter() {
  PyEval_RestoreThread(main_state);
  return std::exchange(main_state, nullptr);
}

void image_finalize() {
  shut_entrance();
  PyObject* join = std::exchange(join_threads, nullptr);
  PyThreadState* own = PyThreadState_Get();
  bool alone = PyInterpreterState_ThreadHead(PyThreadState_GetInterpreter(own)) == own &&
               PyThreadState_Next(own) == nullptr;
  PyObject* joined = alone && join != nullptr ? PyObject_CallNoArgs(join) : nullptr;
  if (joined == nullptr) {
    PyErr_Clear();
    keep_mapped();
  }
  Py_XDECREF(joined);
  Py_XDECREF(join);
  Py_FinalizeEx();  // fails only where sys.stdout could not be flushed, which has been reported
}

void keep_mapped() { kept_mapped = true; }

bool is_kept_mapped() { return kept_mapped || has_been_entered() || are_callbacks_left(); }

uint64_t image_slot() { return slot; }

}  // namespace ophion
