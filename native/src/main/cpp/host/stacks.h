// What must stay free at the end of a thread's stack.
//
// HotSpot protects pages at the low end of the stacks of its threads, and wants the next ones for
// the Java code that native code calls. Both lie within the stack that glibc reports, and CPython
// trusts that report: native code that Python calls near the end of a recursion would run into
// them, which ends the process. CPython asks glibc for the limits whenever a thread state runs for
// the first time. PyUnstable_ThreadState_SetStackProtection would correct them afterwards where one
// sees the state; but states come and go within CPython: for each call into a nested interpreter,
// for C threads (PyGILState_Ensure), for PyInit functions. So its question is answered: libpython's
// call of pthread_attr_getguardsize comes here.
#pragma once

#include <jni.h>
#include <pthread.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "../imports.h"
#include "../thread_stack.h"
#include "vm_flags.h"

namespace ophion {

constexpr size_t kKiB = 1024;

// Bytes at the end of the stack of each of the JVM's threads. Constant after bind().
struct StackZones {
  size_t guard = 16 * kKiB;   // protected: red, yellow and reserved zone
  size_t shadow = 80 * kKiB;  // what has to be left when Java code is called
};

inline StackZones& stack_zones() {
  static StackZones zones;
  return zones;
}

inline void learn_stack_zones(JavaVM* vm) {
  constexpr size_t kUnit = 4 * kKiB;  // whatever a page's size is
  VmFlags flags(vm);
  auto zone = [&flags](const char* flag, size_t otherwise) {
    auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    return (flags.get(flag, otherwise) * kUnit + page - 1) / page * page;
  };
  stack_zones().guard =
      zone("StackRedPages", 1) + zone("StackYellowPages", 2) + zone("StackReservedPages", 1);
  stack_zones().shadow = zone("StackShadowPages", 20);
}

// How much of a stack Python is not to use. Beside the JVM's zones it is room for native code that
// Python calls and that looks at no limit: LAPACK's LU factorization in OpenBLAS, on more than one
// thread, takes 528 KiB for each of up to nine halvings, as many as its kernel for the processor
// needs (4.8 MiB seen with AVX-512). The smallest stacks were made for Python threads that do
// little.
inline size_t reserved_stack(size_t size) {
  constexpr size_t kSmall = 192 * kKiB;
  constexpr size_t kForPython = 128 * kKiB;
  constexpr size_t kForOpenblas = 5632 * kKiB;
  constexpr size_t kLarge = 8192 * kKiB;
  if (size < kSmall) return 0;
  if (size >= kLarge) return stack_zones().guard + kForOpenblas;
  return std::max(stack_zones().guard, (size - kForPython) / 4);
}

inline int guard_and_reserve(const pthread_attr_t* attributes, size_t* guard) {
  int error = pthread_attr_getguardsize(attributes, guard);
  void* lowest = nullptr;
  size_t size = 0;
  if (error == 0) error = pthread_attr_getstack(attributes, &lowest, &size);
  if (error == 0) *guard += reserved_stack(size);
  return error;
}

// Before CPython starts.
inline void protect_stacks(void* libpython) {
  Imports(libpython).replace("pthread_attr_getguardsize",
                             reinterpret_cast<void*>(guard_and_reserve));
}

// Whether the calling thread can call into the JVM; if it could not, the JVM would throw, or where
// the thread is not attached yet, protect pages that are in use.
class StackRoom {
 public:
  bool is_enough(bool is_attached) const {
    constexpr size_t kForJava = 24 * kKiB;
    constexpr size_t kForAttaching = 64 * kKiB;
    size_t needed = stack_zones().guard + stack_zones().shadow + kForJava;
    if (!is_attached) needed += kForAttaching;
    auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    // Elsewhere if the code runs on a stack of its own making (greenlets do not: they copy).
    return here < lowest_ || here - lowest_ >= needed;
  }

 private:
  uintptr_t lowest_ = ThreadStack::own().lowest;
};

}  // namespace ophion
