// What the pickler asks for every object: whether it goes out of band.
#pragma once

#include <memory>
#include <vector>

#include "interpreter.h"

namespace ophion {

// What a buffer of a payload was, so that the receiver knows what to make of it.
enum class BufferKind : uint8_t {
  kPickle = 0,     // pickle's own: a PickleBuffer (PEP 574), taken in order
  kView = 1,       // memoryview, ctypes array, mmap; by number from here on
  kBytes = 2,      // bytes
  kByteArray = 3,  // bytearray
  kArray = 4,      // array.array
  kNumbers = 5,    // numpy.ndarray, C-contiguous; only alone: see plain.h
};

// The types of what goes out of band, as far as they were imported. Borrowed.
struct OutOfBandTypes {
  explicit OutOfBandTypes(Types& types);

  // True if the object goes out of band.
  bool classify(PyObject* object, BufferKind* kind) const;

  PyTypeObject* array;
  PyTypeObject* mmap;
  PyTypeObject* ctypes_array;
  PyTypeObject* numpy_array;
};

struct OutOfBand {
  BufferKind kind;
  Ref object;  // keeps its address from being taken by another object
  std::unique_ptr<BufferPin> pin;
};

// A new hooks object (type _ophion.PickleHooks). Used by one pickler once.
Ref make_pickle_hooks(Interpreter& interpreter);

// What it has sent out of band, in the order in which pickle met it.
std::vector<OutOfBand>& out_of_band(PyObject* hooks);

// Adds the type to the module _ophion.
void add_pickle_hooks_type(PyObject* module);

}  // namespace ophion
