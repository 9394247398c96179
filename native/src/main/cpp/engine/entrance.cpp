#include "entrance.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "../imports.h"

// What PyThreadState_New goes on to; in no header, and null where libpython does not export it.
extern "C" __attribute__((weak)) PyThreadState* _PyThreadState_NewBound(PyInterpreterState*, int);

namespace ophion {
namespace {

// Sequentially consistent, all: who counts himself in has seen the entrance open, or is seen.
std::atomic<bool> shut{true};
std::atomic<int64_t> entering{0};  // without a thread state yet
std::atomic<bool> entered{false};

std::atomic<PyInterpreterState*> main_interpreter{nullptr};

thread_local bool is_entering = false;
thread_local bool is_visitor = false;

// Where PyGILState_Ensure's code lies.
uintptr_t ensure_start = 0;
uintptr_t ensure_size = 0;

void enter() {
  entered = true;
  ++entering;
  if (!shut) {
    is_entering = true;
    return;
  }
  --entering;
  wait_for_ever();
}

void leave() {
  if (!is_entering) return;
  is_entering = false;
  --entering;
}

// Instead of PyThread_tss_get, with which PyGILState_Ensure looks for the thread's state.
void* find_state(Py_tss_t* key) {
  void* state = PyThread_tss_get(key);
  if (state != nullptr || is_entering) return state;
  auto caller = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  if (caller - ensure_start < ensure_size) enter();
  return nullptr;
}

// Instead of PyThread_tss_set, with which the one is remembered that has been made.
int remember_state(Py_tss_t* key, void* state) {
  int result = PyThread_tss_set(key, state);
  if (state != nullptr) leave();
  return result;
}

// Instead of _PyThreadState_NewBound.
PyThreadState* make_state(PyInterpreterState* interpreter, int whence) {
  if (interpreter == main_interpreter && !is_visitor &&
      PyGILState_GetThisThreadState() == nullptr) {
    enter();
  }
  PyThreadState* state = _PyThreadState_NewBound(interpreter, whence);
  leave();  // where there was no memory for it
  return state;
}

}  // namespace

void make_entrance() {
  void* ensure = reinterpret_cast<void*>(PyGILState_Ensure);
  Imports libpython = Imports::around(ensure);
  if (_PyThreadState_NewBound != nullptr) {
    libpython.replace("_PyThreadState_NewBound", reinterpret_cast<void*>(make_state));
  }
  Dl_info file{};
  void* found = nullptr;
  if (dladdr1(ensure, &file, &found, RTLD_DL_SYMENT) == 0 || found == nullptr) return;
  ensure_start = reinterpret_cast<uintptr_t>(ensure);
  ensure_size = static_cast<const ElfW(Sym)*>(found)->st_size;
  libpython.replace("PyThread_tss_get", reinterpret_cast<void*>(find_state));
  libpython.replace("PyThread_tss_set", reinterpret_cast<void*>(remember_state));
}

void open_entrance() {
  main_interpreter = PyInterpreterState_Main();
  shut = false;
}

void shut_entrance() {
  shut = true;
  while (entering != 0) sched_yield();
}

void wait_for_ever() {
  while (true) pause();
}

void note_entry() { entered = true; }
bool has_been_entered() { return entered; }

PyThreadState* make_visitor(PyInterpreterState* interpreter) {
  is_visitor = true;
  PyThreadState* state = PyThreadState_New(interpreter);
  is_visitor = false;
  return state;
}

}  // namespace ophion
