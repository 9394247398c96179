// Carries out one request; see wire.h.
#pragma once

#include "interpreter.h"
#include "wire.h"

namespace ophion {

// The interpreter's GIL is held. Never throws; leaves no Python exception set.
int64_t carry_out(Interpreter& interpreter, uint8_t* scratch, uint64_t size, uint64_t capacity);

// The same on a thread that is not the carrier: nothing that it does is interrupted.
int64_t carry_out_for_visitor(Interpreter& interpreter, uint8_t* scratch, uint64_t size,
                              uint64_t capacity);

}  // namespace ophion
