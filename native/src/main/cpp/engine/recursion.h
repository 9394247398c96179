// What CPython does where a stack ends.
//
// CPython raises RecursionError at one limit, and ends the process at a second one, 16 KiB further
// (_Py_CheckRecursiveCall), since nothing is left there. Here the second lies in what is kept for
// native code: a frame of NumPy's that calls back into Python from there is no reason to end.
#pragma once

#include <cstddef>

namespace ophion {

// Has libpython ask here; before CPython starts. `guard` is what the JVM protects at the end of
// each stack, in bytes.
void replace_recursion_check(size_t guard);

}  // namespace ophion
