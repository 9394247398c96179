#include "interrupts.h"

namespace ophion {

void RunningCall::begin() {
  outer_ = interpreter_.running;
  // What was set for the call around this one and has not been raised would hit this one.
  if (outer_ != nullptr && outer_->armed_ && interpreter_.carrier->async_exc != nullptr) {
    outer_->take_back();
    outer_->owed_ = true;
  }
  interpreter_.running = this;
  begun_ = true;
}

void RunningCall::over() {
  if (begun_ && !over_) interpreter_.running = outer_;
  over_ = true;
  // Behind the outermost request nothing may be pending, whoever has set it.
  bool takes_back = armed_ || interpreter_.running == nullptr;
  armed_ = false;
  if (takes_back && interpreter_.carrier->async_exc != nullptr) take_back();
}

RunningCall::~RunningCall() {
  over();
  if (begun_ && outer_ != nullptr && outer_->owed_) outer_->arm();
}

void RunningCall::arm() {
  PyThreadState_SetAsyncExc(interpreter_.carrier->thread_id, PyExc_KeyboardInterrupt);
  armed_ = true;
  owed_ = false;
}

void RunningCall::take_back() {
  PyThreadState_SetAsyncExc(interpreter_.carrier->thread_id, nullptr);
  armed_ = false;
}

bool interrupt(Interpreter& interpreter) {
  RunningCall* innermost = interpreter.running;
  if (innermost == nullptr) return false;
  for (RunningCall* call = innermost->outer_; call != nullptr; call = call->outer_) {
    call->owed_ = true;
  }
  innermost->arm();
  return true;
}

}  // namespace ophion
