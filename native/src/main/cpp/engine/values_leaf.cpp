// Classes of the standard library that have one text or number each. Subclasses may say what they
// like: the value is what the class itself says of the instance.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "values.h"
#include "values_parts.h"

namespace ophion {
namespace {

size_t skip_digits(std::string_view text, size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

// Whether a BigDecimal reads it and holds it: a finite number, no minus zero, the scale an int.
bool fits_big_decimal(std::string_view text) {
  bool negative = !text.empty() && text[0] == '-';
  size_t whole = negative ? 1 : 0;
  size_t at = skip_digits(text, whole);
  if (at == whole) return false;
  long long fraction = 0;
  if (at < text.size() && text[at] == '.') {
    size_t end = skip_digits(text, at + 1);
    fraction = static_cast<long long>(end - at - 1);
    at = end;
  }
  bool zero = text.substr(0, at).find_first_of("123456789") == std::string_view::npos;
  if (negative && zero) return false;
  if (at == text.size()) return true;
  if (text[at] != 'E' && text[at] != 'e') return false;
  size_t digits = at + 1;
  if (digits < text.size() && (text[digits] == '-' || text[digits] == '+')) ++digits;
  if (digits == text.size() || skip_digits(text, digits) != text.size()) return false;
  long long exponent = std::strtoll(text.data() + at + 1, nullptr, 10);
  if (exponent > INT64_MAX / 2 || exponent < INT64_MIN / 2) return false;
  long long scale = fraction - exponent;
  return scale > INT32_MIN && scale <= INT32_MAX;
}

// str() of the class itself. Null if that gives none.
Ref own_str(Interpreter& interpreter, KnownClass known, PyObject* object) {
  auto* type = reinterpret_cast<PyObject*>(interpreter.types.loaded(known));
  Ref function = Ref::steal(PyObject_GetAttrString(type, "__str__"));
  Ref text = unless_raised(PyObject_CallOneArg(function.get(), object));
  return text && PyUnicode_Check(text.get()) ? std::move(text) : Ref();
}

}  // namespace

Ref unless_raised(PyObject* result) {
  if (result != nullptr) return Ref::steal(result);
  // A stop or an interrupt is none of the object's doing.
  if (!PyErr_ExceptionMatches(PyExc_Exception)) throw PythonError();
  PyErr_Clear();
  return Ref();
}

Ref attribute_of(PyObject* object, PyObject* name) {
  return unless_raised(PyObject_GetAttr(object, name));
}

bool write_decimal(Interpreter& interpreter, Writer& writer, PyObject* object) {
  Ref text = own_str(interpreter, KnownClass::kDecimal, object);
  if (!text) return false;
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(text.get(), &size);
  if (data == nullptr) throw PythonError();
  if (!fits_big_decimal(std::string_view(data, static_cast<size_t>(size)))) return false;
  writer.tag(Tag::kDecimal);
  write_str(writer, text.get());
  return true;
}

bool write_uuid(Interpreter& interpreter, Writer& writer, PyObject* object) {
  Ref number = interpreter.types.own_attribute(KnownClass::kUuid, object, Name::kInt);
  if (!number || !PyLong_Check(number.get())) return false;
  uint8_t raw[16];
  Py_ssize_t size =
      PyLong_AsNativeBytes(number.get(), raw, sizeof raw,
                           Py_ASNATIVEBYTES_BIG_ENDIAN | Py_ASNATIVEBYTES_UNSIGNED_BUFFER |
                               Py_ASNATIVEBYTES_REJECT_NEGATIVE);
  if (size < 0) {
    PyErr_Clear();
    return false;
  }
  if (size > static_cast<Py_ssize_t>(sizeof raw)) return false;
  writer.tag(Tag::kUuid);
  writer.bytes(raw, sizeof raw);
  return true;
}

bool write_path(Interpreter& interpreter, Writer& writer, PyObject* object) {
  Ref text = own_str(interpreter, KnownClass::kPosixPath, object);
  if (!text) return false;
  writer.tag(Tag::kPath);
  try {
    write_str(writer, text.get());
  } catch (NotTransferable&) {
    refuse("The path " + readable(text.get()) +
           " has bytes that are not UTF-8, which a java.nio.file.Path cannot hold: return "
           "os.fsencode(path).");
  }
  return true;
}

}  // namespace ophion
