// Interrupts a user's call, and nothing else: an asynchronous exception hits whatever its thread
// runs next, so it is raised only in a call that runs, and taken back when that ends. Everything
// here is guarded by the interpreter's GIL.
#pragma once

#include "interpreter.h"

namespace ophion {

// A request while it is carried out on the carrier. Requests nest on the carrier's stack.
class RunningCall {
 public:
  explicit RunningCall(Interpreter& interpreter) : interpreter_(interpreter) {}
  ~RunningCall();
  RunningCall(const RunningCall&) = delete;
  RunningCall& operator=(const RunningCall&) = delete;

  // From here on it runs code of a user.
  void begin();
  // From here on nothing reaches it: its reply is written. The call around it, if that is to be
  // interrupted too, is so when this object goes, when it runs again.
  void over();

 private:
  friend bool interrupt(Interpreter& interpreter);

  void arm();
  void take_back();

  Interpreter& interpreter_;
  RunningCall* outer_ = nullptr;
  bool begun_ = false;
  bool over_ = false;
  bool armed_ = false;  // an exception was set and may have been raised since
  bool owed_ = false;   // one is to be set when the call runs again
};

// Raises KeyboardInterrupt in the call that runs and in those around it; false if none runs. On any
// attached thread.
bool interrupt(Interpreter& interpreter);

}  // namespace ophion
