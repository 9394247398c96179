// The one way by which memory leaves its interpreter: whatever Java or another interpreter sees is
// pinned here, so that what must not cross is refused here.
#pragma once

#include "interpreter.h"

namespace ophion {

// Pins a buffer with everything it can tell (PyBUF_FULL_RO), and what its owner would have to ask
// before it moved the memory. Throws NotTransferable for
// - items that are or hold addresses: objects of this interpreter, pointers, functions. Who reads
//   them elsewhere would follow them;
// - suboffsets, which no flat memory can show;
// - items without a size.
std::unique_ptr<BufferPin> pin_buffer(Interpreter& interpreter, PyObject* exporter);

}  // namespace ophion
