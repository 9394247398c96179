#include "recursion.h"

#include <cstdint>

#include "../imports.h"
#include "../thread_stack.h"
#include "python.h"

// Not in the public headers, but exported for what the public ones inline.
extern "C" int _Py_CheckRecursiveCall(PyThreadState* state, const char* where);

namespace ophion {
namespace {

constexpr size_t kToRaise = 16 * 1024;  // what CPython leaves itself to do so

size_t jvm_guard = 0;

// Instead of _Py_CheckRecursiveCall, which is called beyond the first limit.
int check_recursion(PyThreadState* state, const char* where) {
  auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  ThreadStack stack = ThreadStack::own();
  uintptr_t end = stack.lowest + stack.guard + jvm_guard + kToRaise;
  // Elsewhere if the code runs on a stack of its own making.
  if (here < end || here >= stack.highest) return _Py_CheckRecursiveCall(state, where);
  if (state->recursion_headroom != 0) return 0;
  ++state->recursion_headroom;
  PyErr_Format(PyExc_RecursionError, "Stack overflow (used %zu kB)%s",
               (stack.highest - here) / 1024, where);
  --state->recursion_headroom;
  return -1;
}

}  // namespace

void replace_recursion_check(size_t guard) {
  jvm_guard = guard;
  // The engine's own calls go on to CPython's.
  Imports::around(reinterpret_cast<void*>(_Py_CheckRecursiveCall))
      .replace("_Py_CheckRecursiveCall", reinterpret_cast<void*>(check_recursion));
}

}  // namespace ophion
