#include "recursion.h"

#include <pthread.h>

#include <cstdint>

#include "../imports.h"
#include "python.h"

// Not in the public headers, but exported for what the public ones inline.
extern "C" int _Py_CheckRecursiveCall(PyThreadState* state, const char* where);

namespace ophion {
namespace {

using RecursionCheck = int (*)(PyThreadState* state, const char* where);

constexpr size_t kToRaise = 16 * 1024;  // what CPython leaves itself to do so

size_t guard_size = 0;
RecursionCheck original = nullptr;

struct Stack {
  uintptr_t lowest = 0;
  uintptr_t highest = 0;

  bool has(uintptr_t address) const { return address >= lowest && address < highest; }
};

Stack own_stack() {
  Stack stack;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return stack;
  void* lowest = nullptr;
  size_t size = 0;
  size_t guard = 0;
  if (pthread_attr_getstack(&attributes, &lowest, &size) == 0 &&
      pthread_attr_getguardsize(&attributes, &guard) == 0) {
    stack.lowest = reinterpret_cast<uintptr_t>(lowest) + guard + guard_size;
    stack.highest = reinterpret_cast<uintptr_t>(lowest) + size;
  }
  pthread_attr_destroy(&attributes);
  return stack;
}

// Instead of _Py_CheckRecursiveCall, which is called beyond the first limit.
int check_recursion(PyThreadState* state, const char* where) {
  auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  Stack stack = own_stack();
  // Elsewhere if the code runs on a stack of its own making.
  if (!stack.has(here) || here - stack.lowest < kToRaise) return original(state, where);
  if (state->recursion_headroom != 0) return 0;
  ++state->recursion_headroom;
  PyErr_Format(PyExc_RecursionError, "Stack overflow (used %zu kB)%s",
               (stack.highest - here) / 1024, where);
  --state->recursion_headroom;
  return -1;
}

}  // namespace

void replace_recursion_check(size_t guard) {
  guard_size = guard;
  original = _Py_CheckRecursiveCall;
  Imports::around(reinterpret_cast<void*>(original))
      .replace("_Py_CheckRecursiveCall", reinterpret_cast<void*>(check_recursion));
}

}  // namespace ophion
