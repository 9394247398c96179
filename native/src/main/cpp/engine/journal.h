// What a conversion has to give back if it fails half-way.
#pragma once

#include <cstdint>
#include <vector>

#include "interpreter.h"

namespace ophion {

// What was made for a value that is not written completely yet. Others may make handles meanwhile,
// on another thread or nested, so marking the end of the tables would not do.
class Journal {
 public:
  explicit Journal(Interpreter& interpreter) : interpreter_(interpreter) {}
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal() {
    if (handles_.empty() && pins_.empty()) return;
    // Finalizers may run here, and an exception may be set.
    PyObject* raised = PyErr_GetRaisedException();
    for (uint64_t id : handles_) interpreter_.handles.remove(id);
    for (uint64_t id : pins_) interpreter_.pins.remove(id);
    if (raised != nullptr) PyErr_SetRaisedException(raised);
  }

  // Room for one more, so that noting it cannot fail.
  void prepare() {
    if (handles_.size() == handles_.capacity()) handles_.reserve(handles_.size() * 2 + 4);
    if (pins_.size() == pins_.capacity()) pins_.reserve(pins_.size() * 2 + 4);
  }
  void note_handle(uint64_t id) noexcept { handles_.push_back(id); }
  void note_pin(uint64_t id) noexcept { pins_.push_back(id); }
  void keep() {
    handles_.clear();
    pins_.clear();
  }

 private:
  Interpreter& interpreter_;
  std::vector<uint64_t> handles_;
  std::vector<uint64_t> pins_;
};

}  // namespace ophion
