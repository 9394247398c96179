// What libpython exports, for compilers that resolve names in the whole process (LLVM).
#pragma once

namespace ophion {

// Calls register_symbol(name, address) for each function and variable of this image's libpython.
using RegisterSymbol = void (*)(const char* name, void* address);
void each_export(RegisterSymbol register_symbol);

}  // namespace ophion
