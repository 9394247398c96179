#include "values.h"
#include "values_parts.h"

namespace ophion {
namespace {

constexpr size_t kLongestKey = 60;  // bytes shown of a key

void prepend(NotTransferable& refusal, const std::string& step) { refusal.path.insert(0, step); }

std::string quoted(PyObject* text) {
  std::string raw = readable(text);
  if (raw.size() > kLongestKey) {
    size_t cut = kLongestKey;
    while (cut > 0 && (static_cast<unsigned char>(raw[cut]) & 0xC0) == 0x80) --cut;
    raw = raw.substr(0, cut) + "...";
  }
  std::string result = "\"";
  for (char c : raw) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

}  // namespace

std::string readable(PyObject* text) {
  PyObject* encoded = PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace");
  if (encoded == nullptr) {
    PyErr_Clear();
    return "?";
  }
  Ref bytes = Ref::steal(encoded);
  return std::string(PyBytes_AS_STRING(bytes.get()),
                     static_cast<size_t>(PyBytes_GET_SIZE(bytes.get())));
}

std::string type_name(PyObject* object) {
  PyObject* name = PyType_GetFullyQualifiedName(Py_TYPE(object));
  if (name == nullptr) {
    PyErr_Clear();
    return Py_TYPE(object)->tp_name;
  }
  return readable(Ref::steal(name).get());
}

void prepend_index(NotTransferable& refusal, Py_ssize_t index) {
  prepend(refusal, "[" + std::to_string(index) + "]");
}

void prepend_key(NotTransferable& refusal, PyObject* key) {
  if (PyUnicode_Check(key)) {
    prepend(refusal, "[" + quoted(key) + "]");
    return;
  }
  if (PyLong_CheckExact(key)) {
    int overflow = 0;
    long long number = PyLong_AsLongLongAndOverflow(key, &overflow);
    if (overflow == 0) {
      prepend(refusal, "[" + std::to_string(number) + "]");
      return;
    }
  }
  prepend(refusal, "[<" + type_name(key) + ">]");
}

void prepend_key_position(NotTransferable& refusal, Py_ssize_t index) {
  prepend(refusal, ".keys()[" + std::to_string(index) + "]");
}

void prepend_element(NotTransferable& refusal, Py_ssize_t index) {
  prepend(refusal, "{" + std::to_string(index) + "}");
}

void prepend_field(NotTransferable& refusal, PyObject* name) {
  prepend(refusal, "." + readable(name));
}

void refuse(std::string message) { throw NotTransferable{std::move(message), ""}; }

void refuse_depth() {
  refuse("It is nested deeper than " + std::to_string(kMaxDepth) +
         " levels: flatten it, or send it as a payload.");
}

void refuse_size(PyObject* object, Py_ssize_t size) {
  refuse("The " + type_name(object) + " has " + std::to_string(size) +
         " elements, more than Java can hold in one: return it in parts, or as a memoryview.");
}

}  // namespace ophion
