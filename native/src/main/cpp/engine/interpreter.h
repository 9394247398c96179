// One Python world and what the engine keeps for it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "../abi.h"
#include "handles.h"
#include "pins.h"
#include "python.h"
#include "types.h"

namespace ophion {

class RunningCall;

// What a thread was attached to where it attached to another interpreter of its image.
struct Outer {
  uint64_t attachment;  // the number of the one within
  PyThreadState* state;
};

// Everything here is guarded by the interpreter's GIL.
struct Interpreter {
  uint64_t id = 0;                   // the host's number
  bool is_main = false;              // the main interpreter of its image
  PyThreadState* carrier = nullptr;  // the carrier's thread state
  PyInterpreterState* state = nullptr;
  uint64_t attachments = 1;  // of the carrier, which alone uses the two; begins attached
  std::vector<Outer> around;
  Ref globals;                 // __main__.__dict__
  Ref module;                  // _ophion
  HandleTable handles;         // what Java holds
  PinTable pins;               // buffers that somebody outside uses
  uint64_t exporters = 0;      // foreign memory that Python sees
  Types types;                 // classes that the conversions need
  bool guards_arrays = false;  // see moves.h
  bool guards_ctypes = false;
  Ref support;                           // dict of the modules that support_module has given
  std::vector<PyThreadState*> visitors;  // of invoke_from_outside
  RunningCall* running = nullptr;        // the innermost call of a user on the carrier
};

// The module _ophion_support.<name>. Ours, however user code changes sys.modules.
Ref support_module(Interpreter& interpreter, const char* name);

// The thread states of Python's own threads: neither the carrier's nor a visitor's. A thread has
// one from before it begins to run until it touches the interpreter no more; _thread._count() knows
// it for a shorter time at both ends.
std::vector<PyThreadState*> python_threads(const Interpreter& interpreter);

// The host's callbacks; set once by ophion_engine before anything else runs.
const HostTable& host();

}  // namespace ophion
