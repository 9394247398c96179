// One Python world and what the engine keeps for it.
#pragma once

#include <cstdint>
#include <memory>

#include "../abi.h"
#include "handles.h"
#include "pins.h"
#include "python.h"
#include "types.h"

namespace ophion {

// Everything here is guarded by the interpreter's GIL.
struct Interpreter {
  uint64_t id = 0;                        // the host's number
  PyThreadState* carrier = nullptr;       // the carrier's thread state
  PyInterpreterState* state = nullptr;
  Ref globals;                            // __main__.__dict__
  Ref module;                             // _ophion
  HandleTable handles;                    // what Java holds
  PinTable pins;                          // buffers that somebody outside uses
  uint64_t exporters = 0;                 // foreign memory that Python sees
  Types types;                            // classes that the conversions need
};

// The host's callbacks; set once by ophion_engine before anything else runs.
const HostTable& host();

}  // namespace ophion
