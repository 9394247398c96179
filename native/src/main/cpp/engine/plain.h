// Payloads of one object that is nothing but memory: no pickler runs at either end, which would
// take several times as long as all else for a small array.
#pragma once

#include <optional>

#include "pickle_hooks.h"
#include "wire.h"

namespace ophion {

// What is to be sent for the object: one buffer, of which the receiver makes the same as of a
// pickle. Nothing if it takes a pickle, or a pickler is to say why it cannot be sent.
std::optional<OutOfBand> plain(Interpreter& interpreter, PyObject* object);

// Reads the buffer of such a payload.
Ref read_plain(Interpreter& interpreter, Reader& reader);

}  // namespace ophion
