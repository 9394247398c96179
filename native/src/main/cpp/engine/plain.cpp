#include "plain.h"

#include "buffers.h"
#include "exits.h"

namespace ophion {
namespace {

// An ndarray of numbers in native order, whose type NumPy has once an interpreter: the letter says
// all of it. Everything else (dates, records, metadata, another order) is NumPy's to describe.
bool is_of_numbers(Interpreter& interpreter, PyObject* array, const Py_buffer& view) {
  if (view.ndim == 0 || view.len == 0 || view.format == nullptr) return false;
  if (PyBuffer_IsContiguous(&view, 'C') == 0) return false;
  Ref dtype = interpreter.types.own_attribute(KnownClass::kNumpyArray, array, Name::kDtype);
  return dtype && dtype.get() == interpreter.types.number_type(view.format);
}

// Reducers that the user has registered decide for their types.
bool has_reducer(Interpreter& interpreter, PyObject* object) {
  auto* type = reinterpret_cast<PyObject*>(Py_TYPE(object));
  return checked(PyDict_Contains(interpreter.types.dispatch_table(), type)) != 0;
}

std::optional<OutOfBand> pinned(Interpreter& interpreter, PyObject* object) {
  OutOfBandTypes types(interpreter.types);
  BufferKind kind;
  if (types.classify(object, &kind)) {
    return OutOfBand{kind, Ref::borrow(object), pin_buffer(interpreter, object)};
  }
  if (Py_TYPE(object) != types.numpy_array || types.numpy_array == nullptr) return std::nullopt;
  if (has_reducer(interpreter, object)) return std::nullopt;
  std::unique_ptr<BufferPin> pin = pin_buffer(interpreter, object);
  if (!is_of_numbers(interpreter, object, pin->view())) return std::nullopt;
  return OutOfBand{BufferKind::kNumbers, Ref::borrow(object), std::move(pin)};
}

}  // namespace

std::optional<OutOfBand> plain(Interpreter& interpreter, PyObject* object) {
  try {
    return pinned(interpreter, object);
  } catch (const NotTransferable&) {
    return std::nullopt;
  } catch (const PythonError&) {
    if (!PyErr_ExceptionMatches(PyExc_Exception) || PyErr_ExceptionMatches(PyExc_MemoryError)) {
      throw;
    }
    PyErr_Clear();
    return std::nullopt;
  }
}

Ref read_plain(Interpreter& interpreter, Reader& reader) {
  auto kind = static_cast<BufferKind>(reader.get<uint8_t>());
  if (kind != BufferKind::kNumbers) return read_buffer(interpreter, reader);
  if (interpreter.types.loaded(KnownClass::kNumpyArray) == nullptr) {
    Ref transfer = support_module(interpreter, "transfer");
    Ref::steal(PyObject_CallMethod(transfer.get(), "import_numpy", nullptr));
  }
  return read_numbers(interpreter, reader);
}

}  // namespace ophion
