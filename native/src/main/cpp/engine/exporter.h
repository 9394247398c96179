// The Python type behind every memoryview over foreign memory.
#pragma once

#include <array>
#include <string>

#include "interpreter.h"

namespace ophion {

// A buffer in the sense of PEP 3118. `address` and `size` are the span from the lowest to the
// highest byte that an element touches.
struct Layout {
  uint64_t address = 0;
  uint64_t size = 0;
  bool read_only = true;
  std::string format;
  Py_ssize_t item_size = 1;
  int dimensions = 0;
  std::array<Py_ssize_t, PyBUF_MAX_NDIM> shape{};
  std::array<Py_ssize_t, PyBUF_MAX_NDIM> strides{};
};

// How far the elements reach from the first one: low <= 0 < high, or both 0 without elements.
struct Reach {
  Py_ssize_t low;
  Py_ssize_t high;
};

// Throws WireError on overflow.
Reach reach_of(Py_ssize_t item_size, int dimensions, const Py_ssize_t* shape,
               const Py_ssize_t* strides);

// Throws if the lease has ended, or if the thread's stack has no room for the question.
void acquire_lease(uint64_t lease);

// Makes the exporter, which acquires the lease and drops it when it is deallocated. Throws
// WireError if the layout reaches beyond its memory.
Ref make_exporter(Interpreter& interpreter, uint64_t lease, const Layout& layout);

// Makes an exporter over memory of this interpreter, which `owner` keeps in place.
Ref make_exporter_of_own(Interpreter& interpreter, Ref owner, const Layout& layout);

// Whether it exports memory of others.
bool is_exporter(const Interpreter& interpreter, PyObject* object);

// Of an exporter.
uint64_t lease_of(PyObject* exporter);

}  // namespace ophion
