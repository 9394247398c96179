// A thread of C that comes to Python again and again, or once when it is told to.
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#ifdef USES_PYTHON
#include <Python.h>
#endif

namespace {

struct Thread {
  void (*callback)();
  int go;    // read from before the first knock, or -1
  int said;  // written to before each knock where `go` is given, and after it
};

void knock(const Thread& thread) {
#ifdef USES_PYTHON
  (void)thread;
  PyGILState_STATE state = PyGILState_Ensure();
  PyObject* number = PyLong_FromLong(123456);
  Py_XDECREF(number);
  PyGILState_Release(state);
#else
  thread.callback();
#endif
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

}  // namespace

extern "C" void begin(void (*callback)(), const char* go, const char* said) {
  auto* thread = new Thread{callback, -1, -1};
  if (go != nullptr) {
    thread->go = open(go, O_RDWR);
    thread->said = open(said, O_RDWR);
  }
  pthread_t started;
  if (pthread_create(&started, nullptr, run, thread) == 0) pthread_detach(started);
}
