// Text.
#include <cstdio>

#include "values.h"
#include "values_parts.h"

namespace ophion {
namespace {

[[noreturn]] __attribute__((noinline)) void refuse_surrogate(Py_ssize_t index, Py_UCS4 c) {
  char code[16];
  std::snprintf(code, sizeof code, "U+%04X", static_cast<unsigned>(c));
  refuse("The str has the lone surrogate " + std::string(code) + " at index " +
         std::to_string(index) +
         ", which is no character: encode it to bytes with errors=\"surrogateescape\" or "
         "\"surrogatepass\", or replace it.");
}

void write_ucs2(Writer& writer, const Py_UCS2* data, Py_ssize_t length) {
  for (Py_ssize_t i = 0; i < length; ++i) {
    if (Py_UNICODE_IS_SURROGATE(data[i])) refuse_surrogate(i, data[i]);
  }
  writer.put(static_cast<uint32_t>(length));
  writer.bytes(data, static_cast<uint64_t>(length) * sizeof(Py_UCS2));
}

void write_ucs4(Writer& writer, PyObject* text, const Py_UCS4* data, Py_ssize_t length) {
  Py_ssize_t units = length;
  for (Py_ssize_t i = 0; i < length; ++i) {
    if (Py_UNICODE_IS_SURROGATE(data[i])) refuse_surrogate(i, data[i]);
    if (data[i] > 0xFFFF) ++units;
  }
  if (units > kLongest) refuse_size(text, length);
  writer.put(static_cast<uint32_t>(units));
  uint8_t* at = writer.reserve(static_cast<uint64_t>(units) * sizeof(Py_UCS2));
  for (Py_ssize_t i = 0; i < length; ++i) {
    if (data[i] > 0xFFFF) {
      Py_UCS2 pair[] = {static_cast<Py_UCS2>(Py_UNICODE_HIGH_SURROGATE(data[i])),
                        static_cast<Py_UCS2>(Py_UNICODE_LOW_SURROGATE(data[i]))};
      std::memcpy(at, pair, sizeof pair);
      at += sizeof pair;
    } else {
      auto unit = static_cast<Py_UCS2>(data[i]);
      std::memcpy(at, &unit, sizeof unit);
      at += sizeof unit;
    }
  }
}

}  // namespace

void write_str(Writer& writer, PyObject* text) {
  Py_ssize_t length = PyUnicode_GET_LENGTH(text);
  if (length > kLongest) refuse_size(text, length);
  switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND:
      writer.tag(Tag::kStr8);
      writer.put(static_cast<uint32_t>(length));
      writer.bytes(PyUnicode_1BYTE_DATA(text), static_cast<uint64_t>(length));
      break;
    case PyUnicode_2BYTE_KIND:
      writer.tag(Tag::kStr16);
      write_ucs2(writer, PyUnicode_2BYTE_DATA(text), length);
      break;
    default:
      writer.tag(Tag::kStr16);
      write_ucs4(writer, text, PyUnicode_4BYTE_DATA(text), length);
      break;
  }
}

}  // namespace ophion
