// What went wrong, in the form that the caller gets.
#pragma once

#include <exception>

#include "interpreter.h"
#include "wire.h"

namespace ophion {

// Writes the exception that is being handled as a reply, status included, and clears the Python
// exception. Called in a catch block, with the GIL held.
void write_failure(Interpreter& interpreter, Writer& writer);

// Copies a text into the record, cut at its end.
void fail(Failure* failure, const char* message);

// Raises the RecursionError for kStackEnds.
[[noreturn]] void raise_stack_ends(const char* purpose);

// Describes and clears the Python exception that is set.
void fail_with_python_error(Failure* failure);

}  // namespace ophion
