// Small arrays of numbers for a caller that wants a Java array of just these: their elements cross
// in the reply, without a pin that Java would have to give back.
#include <cstring>

#include "owners.h"
#include "values_parts.h"

namespace ophion {
namespace {

// A pin costs as much as a copy of some 20 KiB.
constexpr Py_ssize_t kMostBytes = 16 * 1024;

class Buffer {
 public:
  explicit Buffer(PyObject* exporter)
      : is_there_(PyObject_GetBuffer(exporter, &view_, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) == 0) {}
  ~Buffer() {
    if (is_there_) PyBuffer_Release(&view_);
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  explicit operator bool() const { return is_there_; }
  const Py_buffer& view() const { return view_; }

 private:
  Py_buffer view_;
  bool is_there_;
};

// Of a format of one letter in native order; 0 for all others, and where C's type has another size.
char letter_of(const Py_buffer& view) {
  const char* format = view.format;
  if (format == nullptr || format[0] == '\0' || format[1] != '\0') return 0;
  char letter = format[0] == 'l' && sizeof(long) == sizeof(int64_t) ? 'q' : format[0];
  return letter;
}

// Memory of ctypes may hold pointers whatever the array says; exits.cpp looks at that.
bool is_of_ctypes(Interpreter& interpreter, PyObject* array) {
  return !owners_of(interpreter, array).ctypes.empty();
}

}  // namespace

bool write_elements(Interpreter& interpreter, Writer& writer, PyObject* array) {
  constexpr char kLetters[] = {0, 'd', 'f', 'q', 'i', 'h'};
  char wanted = writer.wanted_elements < sizeof kLetters ? kLetters[writer.wanted_elements] : 0;
  Types& types = interpreter.types;
  bool is_numpys = Py_TYPE(array) == types.loaded(KnownClass::kNumpyArray);
  if (wanted == 0 || (!is_numpys && Py_TYPE(array) != types.loaded(KnownClass::kArray))) {
    return false;
  }
  Buffer buffer(array);
  if (!buffer) {
    if (!PyErr_ExceptionMatches(PyExc_Exception)) throw PythonError();
    PyErr_Clear();  // it lies in pieces, or NumPy has no format for it
    return false;
  }
  const Py_buffer& view = buffer.view();
  if (view.len > kMostBytes || letter_of(view) != wanted) return false;
  if (is_numpys && is_of_ctypes(interpreter, array)) return false;
  writer.tag(Tag::kArray);
  writer.put(static_cast<uint8_t>(wanted));
  writer.put(static_cast<uint64_t>(view.len));
  writer.bytes(view.buf, static_cast<uint64_t>(view.len));
  return true;
}

}  // namespace ophion
