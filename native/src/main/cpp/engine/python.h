// Python.h and the owners of what it hands out.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string>
#include <utility>

namespace ophion {

// A Python exception is set in the current thread state.
struct PythonError {};

// A value that cannot cross. The path grows at its front while the stack unwinds.
struct NotTransferable {
  std::string message;  // UTF-8, without the path
  std::string path;     // for example ["rows"][3]
};

// A request that comes when the interpreter's end has dropped what users can refer to.
struct Ending {};

// Owns one reference. The GIL of the object's interpreter is held wherever one is made, copied or
// destroyed.
class Ref {
 public:
  Ref() = default;
  // Takes over the reference of a call's result; null means that the call raised.
  static Ref steal(PyObject* object) {
    if (object == nullptr) throw PythonError();
    return Ref(object);
  }
  static Ref borrow(PyObject* object) {
    if (object == nullptr) throw PythonError();
    return Ref(Py_NewRef(object));
  }
  Ref(const Ref& other) : object_(Py_XNewRef(other.object_)) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() { Py_XDECREF(object_); }

  PyObject* get() const { return object_; }
  PyObject* release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  explicit Ref(PyObject* object) : object_(object) {}
  PyObject* object_ = nullptr;
};

// Throws if a call that returns -1 for an exception did so.
inline int checked(int result) {
  if (result < 0) throw PythonError();
  return result;
}

// The text of a str. Throws if it has lone surrogates.
inline std::string utf8(PyObject* text) {
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(text, &size);
  if (data == nullptr) throw PythonError();
  return std::string(data, static_cast<size_t>(size));
}

// Releases the GIL for a scope that touches no Python object.
class GilRelease {
 public:
  GilRelease() : state_(PyEval_SaveThread()) {}
  ~GilRelease() { PyEval_RestoreThread(state_); }
  GilRelease(const GilRelease&) = delete;
  GilRelease& operator=(const GilRelease&) = delete;

 private:
  PyThreadState* state_;
};

}  // namespace ophion
