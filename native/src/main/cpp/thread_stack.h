// Where the calling thread's stack lies.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <cstdint>

namespace ophion {

// As glibc tells it; nothing at all where it does not. It tells too much of the JVM's threads,
// which protect pages of their own at the low end.
struct ThreadStack {
  uintptr_t lowest = 0;
  uintptr_t highest = 0;
  size_t guard = 0;

  static ThreadStack own() {
    ThreadStack stack;
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return stack;
    void* lowest = nullptr;
    size_t size = 0;
    if (pthread_attr_getstack(&attributes, &lowest, &size) == 0 &&
        pthread_attr_getguardsize(&attributes, &stack.guard) == 0) {
      stack.lowest = reinterpret_cast<uintptr_t>(lowest);
      stack.highest = stack.lowest + size;
    }
    pthread_attr_destroy(&attributes);
    return stack;
  }
};

}  // namespace ophion
