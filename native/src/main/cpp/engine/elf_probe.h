// What an extension module's file says of subinterpreters, without opening it as a library: on
// CPython 3.14 a single-phase module, or one whose PyInit raises, aborts the process when it is
// imported in a subinterpreter (https://github.com/python/cpython/issues/144601).
#pragma once

namespace ophion {

enum class ExtensionSupport {
  kUnknown = -1,     // not an ELF file that can be read
  kSinglePhase = 0,  // does not refer to PyModuleDef_Init
  kMultiPhase = 1,   // does, but declares no Py_MOD_PER_INTERPRETER_GIL_SUPPORTED
  kOwnGil = 2,       // declares it
};

ExtensionSupport extension_support(const char* path);

}  // namespace ophion
