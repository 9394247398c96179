// Threads of C that come to Python: one again and again, one once when it is told to, or many, one
// after the other.
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#ifdef WAY_CALLBACK
struct PyInterpreterState;
#else
#include <Python.h>
#endif

namespace {

struct Pair {
  long first;
  double second;
};

using Callback = void (*)(Pair pair, int number);

struct Thread {
  Callback callback;
  PyInterpreterState* interpreter;
  int go;    // read from before the first knock, or -1
  int said;  // written to before each knock where `go` is given, and after it
};

void knock(const Thread& thread) {
#if defined(WAY_ENSURE)
  (void)thread;
  PyGILState_STATE state = PyGILState_Ensure();
  PyObject* number = PyLong_FromLong(123456);
  Py_XDECREF(number);
  PyGILState_Release(state);
#elif defined(WAY_NEW_STATE)  // as pybind11 has it
  if (PyGILState_GetThisThreadState() != nullptr) return;
  PyThreadState* state = PyThreadState_New(thread.interpreter);
  PyEval_AcquireThread(state);
  PyObject* number = PyLong_FromLong(123456);
  Py_XDECREF(number);
  PyThreadState_Clear(state);
  PyThreadState_DeleteCurrent();
#else
  thread.callback({1, 2.0}, 3);
#endif
}

void start(void* (*function)(void*), Thread* thread) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t started;
  pthread_create(&started, &attributes, function, thread);
  pthread_attr_destroy(&attributes);
}

void* run(void* given) {
  const Thread& thread = *static_cast<Thread*>(given);
  if (thread.go < 0) {
    for (;;) {
      knock(thread);
      sched_yield();
    }
  }
  char byte = 'b';
  if (read(thread.go, &byte, 1) != 1) return nullptr;
  if (write(thread.said, "b", 1) != 1) return nullptr;
  knock(thread);
  if (write(thread.said, "a", 1) != 1) return nullptr;
  return nullptr;
}

void* run_once(void* given) {
  knock(*static_cast<Thread*>(given));
  return nullptr;
}

void* run_many(void* given) {
  constexpr timespec kPause = {0, 500'000};
  for (int i = 0; i < 1'000; ++i) {
    start(run_once, static_cast<Thread*>(given));
    nanosleep(&kPause, nullptr);
  }
  return nullptr;
}

Thread* make_thread(Callback callback) {
  auto* thread = new Thread{callback, nullptr, -1, -1};
#ifdef WAY_NEW_STATE
  thread->interpreter = PyInterpreterState_Main();
#endif
  return thread;
}

}  // namespace

extern "C" void begin(Callback callback, const char* go, const char* said) {
  Thread* thread = make_thread(callback);
  if (go != nullptr) {
    thread->go = open(go, O_RDWR);
    thread->said = open(said, O_RDWR);
  }
  start(run, thread);
}

extern "C" void begin_many(Callback callback, const char*, const char*) {
  start(run_many, make_thread(callback));
}
