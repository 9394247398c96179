// Memory that an interpreter gives up for good.
#pragma once

#include "interpreter.h"
#include "wire.h"

namespace ophion {

// Takes the memory of a variable of __main__ away from this interpreter: removes the variable,
// releases its memoryview, and writes for Java (after the status)
//   taken := u8 0, the body of a kBuffer with a pin: an object of this interpreter
//          | u8 1, the same with a lease, of which the reply holds one count: foreign memory
// Throws NotTransferable, with nothing changed, if another object may reach the memory.
void take(Interpreter& interpreter, Writer& writer, PyObject* name);

}  // namespace ophion
