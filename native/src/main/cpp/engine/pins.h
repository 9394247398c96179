// Buffers of this interpreter's objects that Java or another interpreter uses.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "python.h"

namespace ophion {

// Holds a Py_buffer, and with it the exporting object, in place (PyObject_GetBuffer). Never moved:
// CPython may keep pointers into the Py_buffer.
class BufferPin {
 public:
  BufferPin(PyObject* exporter, int flags) { checked(PyObject_GetBuffer(exporter, &view_, flags)); }
  ~BufferPin() { PyBuffer_Release(&view_); }
  BufferPin(const BufferPin&) = delete;
  BufferPin& operator=(const BufferPin&) = delete;
  const Py_buffer& view() const { return view_; }

  // What keeps the owners of the memory from moving it.
  std::vector<Ref> anchors;  // weak references to arrays
  std::vector<std::unique_ptr<BufferPin>> held;

 private:
  Py_buffer view_;
};

class PinTable {
 public:
  uint64_t add(std::unique_ptr<BufferPin> pin) {
    uint64_t id = ++last_;
    pins_.emplace(id, std::move(pin));
    return id;
  }
  // Borrowed; null if it was removed.
  const BufferPin* find(uint64_t id) const {
    auto found = pins_.find(id);
    return found == pins_.end() ? nullptr : found->second.get();
  }
  template <typename Condition>
  bool any(Condition condition) const {
    for (const auto& entry : pins_) {
      if (condition(*entry.second)) return true;
    }
    return false;
  }
  void remove(uint64_t id) {
    auto found = pins_.find(id);
    if (found == pins_.end()) return;
    auto last = std::move(found->second);
    pins_.erase(found);
  }
  void clear() {
    auto last = std::move(pins_);
    pins_.clear();
  }
  uint64_t count() const { return pins_.size(); }

 private:
  std::unordered_map<uint64_t, std::unique_ptr<BufferPin>> pins_;
  uint64_t last_ = 0;
};

}  // namespace ophion
