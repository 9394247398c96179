// The table of leases that the bridge keeps in Java, for tests without a JVM.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "check.h"

namespace ophion::test {

class Leases {
 public:
  static Leases& all() {
    static Leases leases;
    return leases;
  }

  // Begins with a count of one; `end` runs with the last, on whatever thread drops it.
  uint64_t begin(std::function<void()> end) {
    std::lock_guard<std::mutex> guard(lock_);
    open_.emplace(++last_, Lease{1, std::move(end)});
    return last_;
  }

  bool acquire(uint64_t id) {
    std::lock_guard<std::mutex> guard(lock_);
    auto found = open_.find(id);
    if (found == open_.end()) return false;
    ++found->second.count;
    return true;
  }

  void drop(uint64_t id) {
    std::function<void()> end;
    {
      std::lock_guard<std::mutex> guard(lock_);
      auto found = open_.find(id);
      CHECK(found != open_.end());
      if (--found->second.count != 0) return;
      end = std::move(found->second.end);
      open_.erase(found);
    }
    end();
  }

  size_t open() {
    std::lock_guard<std::mutex> guard(lock_);
    return open_.size();
  }

 private:
  struct Lease {
    long count;
    std::function<void()> end;
  };
  std::mutex lock_;
  std::unordered_map<uint64_t, Lease> open_;
  uint64_t last_ = 0;
};

}  // namespace ophion::test
