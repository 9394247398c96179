// Payloads: pickle protocol 5 with everything large out of band (PEP 574), in place.
//
//   payload := in-band, u32 n, n buffers; nothing in band for an object that is one buffer
//   in-band := u8 0, u64 n, n bytes                            (small: carried along)
//            | u8 1, u64 pin or lease, u64 address, u64 size   (large: stays where it is)
//   buffer  := u8 BufferKind, the body of a kBuffer (wire.h)
//
// From a dump the numbers are pins and `read-only` says what the sender itself may do; into a load
// they are leases, which the request holds until the load has ended, and `read-only` says what the
// receiver may do.
#pragma once

#include "interpreter.h"
#include "wire.h"

namespace ophion {

// Pickles the object and writes it as a payload. Throws NotTransferable, with nothing left pinned,
// if it cannot be pickled.
void dump(Interpreter& interpreter, Writer& writer, PyObject* object);

// Reads a payload and unpickles it over the same memory.
Ref load(Interpreter& interpreter, Reader& reader);

}  // namespace ophion
