// Carries out one request; see wire.h.
#pragma once

#include "interpreter.h"
#include "wire.h"

namespace ophion {

// The interpreter's GIL is held. Never throws; leaves no Python exception set.
int64_t carry_out(Interpreter& interpreter, uint8_t* scratch, uint64_t size, uint64_t capacity);

}  // namespace ophion
