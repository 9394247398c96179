// Python objects that Java holds, by number. A number is never reused, so a late release or call
// cannot reach another object.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "python.h"

namespace ophion {

class HandleTable {
 public:
  uint64_t add(Ref object) {
    uint32_t slot;
    if (free_.empty()) {
      slot = static_cast<uint32_t>(slots_.size());
      slots_.push_back({});
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    slots_[slot].object = std::move(object);
    ++count_;
    return (static_cast<uint64_t>(slots_[slot].generation) << 32) | slot;
  }

  // Borrowed; null if the handle was released.
  PyObject* find(uint64_t id) const {
    auto slot = static_cast<uint32_t>(id);
    if (slot >= slots_.size() || slots_[slot].generation != static_cast<uint32_t>(id >> 32)) {
      return nullptr;
    }
    return slots_[slot].object.get();
  }

  void remove(uint64_t id) {
    if (find(id) == nullptr) return;
    auto slot = static_cast<uint32_t>(id);
    // The table must be whole before a finalizer runs, since that may come back here.
    Ref last = std::move(slots_[slot].object);
    --count_;
    if (++slots_[slot].generation != 0) free_.push_back(slot);
  }

  uint64_t count() const { return count_; }

  void clear() {
    std::vector<Ref> last;
    last.reserve(slots_.size());
    free_.clear();
    free_.reserve(slots_.size());
    for (size_t i = 0; i < slots_.size(); ++i) {
      last.push_back(std::move(slots_[i].object));
      // The slots stay: a release that comes late must not find another object at its number.
      if (++slots_[i].generation != 0) free_.push_back(static_cast<uint32_t>(i));
    }
    count_ = 0;
  }

 private:
  struct Slot {
    Ref object;
    uint32_t generation = 0;
  };
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  uint64_t count_ = 0;
};

}  // namespace ophion
