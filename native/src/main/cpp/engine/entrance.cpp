#include "entrance.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "../imports.h"

namespace ophion {
namespace {

// Sequentially consistent, all: who counts himself in has seen the entrance open, or is seen.
std::atomic<bool> shut{false};
std::atomic<int64_t> entering{0};  // without a thread state yet
std::atomic<int64_t> waiting{0};
std::atomic<int64_t> callbacks{0};

thread_local bool is_entering = false;

// Where PyGILState_Ensure's code lies.
uintptr_t ensure_start = 0;
uintptr_t ensure_size = 0;

using ClosureAlloc = void* (*)(size_t size, void** code);
using ClosureFree = void (*)(void* closure);
std::atomic<ClosureAlloc> closure_alloc{nullptr};
std::atomic<ClosureFree> closure_free{nullptr};

void enter() {
  ++entering;
  if (!shut) {
    is_entering = true;
    return;
  }
  ++waiting;
  --entering;
  while (true) pause();
}

// Instead of PyThread_tss_get, with which PyGILState_Ensure looks for the thread's state.
void* find_state(Py_tss_t* key) {
  void* state = PyThread_tss_get(key);
  if (state != nullptr || is_entering) return state;
  auto caller = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  if (caller - ensure_start < ensure_size) enter();
  return nullptr;
}

// Instead of PyThread_tss_set, with which it remembers the one that it has made.
int remember_state(Py_tss_t* key, void* state) {
  int result = PyThread_tss_set(key, state);
  if (is_entering && state != nullptr) {
    is_entering = false;
    --entering;
  }
  return result;
}

void* make_closure(size_t size, void** code) {
  void* closure = closure_alloc.load()(size, code);
  if (closure != nullptr) ++callbacks;
  return closure;
}

void free_closure(void* closure) {
  if (closure == nullptr || shut) return;
  --callbacks;
  closure_free.load()(closure);
}

}  // namespace

void open_entrance() {
  void* ensure = reinterpret_cast<void*>(PyGILState_Ensure);
  Dl_info file{};
  void* found = nullptr;
  if (dladdr1(ensure, &file, &found, RTLD_DL_SYMENT) == 0 || found == nullptr) return;
  ensure_start = reinterpret_cast<uintptr_t>(ensure);
  ensure_size = static_cast<const ElfW(Sym)*>(found)->st_size;
  Imports libpython = Imports::around(ensure);
  libpython.replace("PyThread_tss_get", reinterpret_cast<void*>(find_state));
  libpython.replace("PyThread_tss_set", reinterpret_cast<void*>(remember_state));
  shut = false;
}

void shut_entrance() {
  shut = true;
  while (entering != 0) sched_yield();
}

void guard_callbacks(PyObject* function) {
  void* code = reinterpret_cast<void*>(PyCFunction_GetFunction(function));
  Dl_info file{};
  if (code == nullptr || closure_free != nullptr || dladdr(code, &file) == 0) return;
  void* module = dlopen(file.dli_fname, RTLD_NOW | RTLD_NOLOAD);
  if (module == nullptr) return;
  auto alloc = reinterpret_cast<ClosureAlloc>(dlsym(module, "ffi_closure_alloc"));
  auto free = reinterpret_cast<ClosureFree>(dlsym(module, "ffi_closure_free"));
  if (alloc != nullptr && free != nullptr) {
    closure_alloc = alloc;
    closure_free = free;
    Imports ctypes(module);
    ctypes.replace("ffi_closure_alloc", reinterpret_cast<void*>(make_closure));
    ctypes.replace("ffi_closure_free", reinterpret_cast<void*>(free_closure));
  }
  dlclose(module);
}

bool is_entrance_in_use() { return waiting != 0 || callbacks != 0; }

}  // namespace ophion
