// What the parts of the conversions share. Their public face is values.h.
#pragma once

#include <cstdint>
#include <string>

#include "interpreter.h"
#include "wire.h"

namespace ophion {

// How many elements a Java array or String can have.
constexpr Py_ssize_t kLongest = INT32_MAX - 8;

// values_time.cpp: dates and times.

enum class TimeKind { kNone, kDate, kTime, kDateTime, kTimeDelta };

// What the object is, and kNone without an import if `datetime` was never imported.
TimeKind time_kind(Interpreter& interpreter, PyObject* object);

// Writes such an object. False, with nothing written, if its zone has no counterpart in Java.
bool write_time(Interpreter& interpreter, Writer& writer, TimeKind kind, PyObject* object);

// Reads the body of kDate, kTime, kDateTime or kTimeDelta.
Ref read_time(Interpreter& interpreter, Reader& reader, Tag tag);

// values_leaf.cpp. Each writes such an object; false, with nothing written, if Java cannot hold it
// or it is broken.

bool write_decimal(Interpreter& interpreter, Writer& writer, PyObject* object);
bool write_uuid(Interpreter& interpreter, Writer& writer, PyObject* object);
bool write_path(Interpreter& interpreter, Writer& writer, PyObject* object);

// The new reference that a call gave; null if it raised, which is cleared.
Ref unless_raised(PyObject* result);

// An attribute of a user's object; null if it has none or raises. What it is has to be checked.
Ref attribute_of(PyObject* object, PyObject* name);

// values_numpy.cpp: arrays and scalars of NumPy.

// Pins the memory of a numpy.ndarray and writes it as a kBuffer. False, with nothing written, if no
// format says its type: arrays of objects.
bool write_array(Interpreter& interpreter, Writer& writer, PyObject* array);

// The memory of an ndarray as something that exports a buffer, and the format of what it is; an
// empty one is the buffer's own. Null if no format says its type: arrays of objects.
struct Described {
  Ref memory;
  std::string format;
};
Described describe_array(Interpreter& interpreter, PyObject* array);

// An ndarray of datetime64 or timedelta64, for which NumPy exports no buffer.
bool is_array_of_dates(Interpreter& interpreter, PyObject* array);

// The Python number in a numpy.generic; null if it is none.
Ref plain_number(Interpreter& interpreter, PyObject* scalar);

// values_heap.cpp: what is copied from Java's heap.

// An array.array of n bytes.
Ref make_array(Interpreter& interpreter, char typecode, const uint8_t* data, uint64_t n);

// Reads the body of a kHeapArray.
Ref read_heap_array(Interpreter& interpreter, Reader& reader);

// values_elements.cpp: writes the elements of an array.array or ndarray as a kArray, if the request
// wants them. False, with nothing written, if these are others or many.
bool write_elements(Interpreter& interpreter, Writer& writer, PyObject* array);

// values_path.cpp: where in a value a refusal arose. Each puts one step at the path's front.

void prepend_index(NotTransferable& refusal, Py_ssize_t index);
void prepend_key(NotTransferable& refusal, PyObject* key);
void prepend_key_position(NotTransferable& refusal, Py_ssize_t index);
void prepend_element(NotTransferable& refusal, Py_ssize_t index);
void prepend_field(NotTransferable& refusal, PyObject* name);

// UTF-8 for messages: lone surrogates as escapes, never raises.
std::string readable(PyObject* text);

// For messages.
std::string type_name(PyObject* object);

[[noreturn]] void refuse(std::string message);
[[noreturn]] void refuse_depth();
[[noreturn]] void refuse_size(PyObject* object, Py_ssize_t size);

}  // namespace ophion
