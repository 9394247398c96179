#include "types.h"

#include <string>

#include "values_parts.h"

namespace ophion {
namespace {

struct Place {
  const char* module;
  const char* attribute;
};

constexpr Place kPlaces[] = {
    {"decimal", "Decimal"}, {"uuid", "UUID"},   {"pathlib", "PosixPath"}, {"zoneinfo", "ZoneInfo"},
    {"enum", "Enum"},       {"array", "array"}, {"numpy", "ndarray"},     {"numpy", "generic"},
    {"_ctypes", "Array"},   {"mmap", "mmap"},
};
static_assert(sizeof(kPlaces) / sizeof(Place) == static_cast<size_t>(KnownClass::kCount),
              "one place a class");

constexpr const char* kNames[] = {
    "utcoffset", "key",        "name",         "_name_",      "value",     "int",
    "bytes",     "__module__", "__qualname__", "__members__", "frombytes", "__dataclass_fields__",
    "base",      "dtype",      "item",         "kind",        "hasobject", "__reduce_ex__",
};
static_assert(sizeof(kNames) / sizeof(const char*) == static_cast<size_t>(Name::kCount),
              "one text a name");

// Java allows component names that Python does not.
void check_field_names(PyObject* signature) {
  Ref iskeyword = import_attribute("keyword", "iskeyword");
  for (Py_ssize_t i = 1; i < PyTuple_GET_SIZE(signature); ++i) {
    PyObject* name = PyTuple_GET_ITEM(signature, i);
    bool usable = checked(PyUnicode_IsIdentifier(name)) != 0;
    if (usable) {
      Ref keyword = Ref::steal(PyObject_CallOneArg(iskeyword.get(), name));
      usable = checked(PyObject_IsTrue(keyword.get())) == 0;
    }
    if (!usable) {
      throw NotTransferable{"The record " + utf8(PyTuple_GET_ITEM(signature, 0)) +
                                " has a component '" + utf8(name) +
                                "', which is a keyword or no identifier in Python: rename it or "
                                "pass a Map.",
                            ""};
    }
  }
}

}  // namespace

PyObject* loaded_module(const char* name) {
  PyObject* modules = PySys_GetObject("modules");
  if (modules == nullptr || !PyDict_Check(modules)) return nullptr;
  PyObject* module = PyDict_GetItemString(modules, name);
  return module != nullptr && PyModule_Check(module) ? module : nullptr;
}

Ref import_attribute(const char* module, const char* attribute) {
  Ref imported = Ref::steal(PyImport_ImportModule(module));
  return Ref::steal(PyObject_GetAttrString(imported.get(), attribute));
}

PyTypeObject* Types::loaded(KnownClass known) {
  Ref& kept = classes_[static_cast<size_t>(known)];
  if (!kept) {
    const Place& place = kPlaces[static_cast<size_t>(known)];
    PyObject* module = loaded_module(place.module);
    if (module == nullptr) return nullptr;
    // Through the dict, since a lazy module's attribute access would run its import.
    PyObject* found = PyDict_GetItemString(PyModule_GetDict(module), place.attribute);
    if (found == nullptr || !PyType_Check(found)) return nullptr;
    kept = Ref::borrow(found);
  }
  return reinterpret_cast<PyTypeObject*>(kept.get());
}

PyTypeObject* Types::import(KnownClass known) {
  PyTypeObject* present = loaded(known);
  if (present != nullptr) return present;
  const Place& place = kPlaces[static_cast<size_t>(known)];
  Ref found = import_attribute(place.module, place.attribute);
  if (!PyType_Check(found.get())) {
    PyErr_Format(PyExc_TypeError, "%s.%s is not a class", place.module, place.attribute);
    throw PythonError();
  }
  Ref& kept = classes_[static_cast<size_t>(known)];
  kept = std::move(found);
  return reinterpret_cast<PyTypeObject*>(kept.get());
}

PyObject* Types::name(Name name) {
  Ref& kept = names_[static_cast<size_t>(name)];
  if (!kept) kept = Ref::steal(PyUnicode_InternFromString(kNames[static_cast<size_t>(name)]));
  return kept.get();
}

Ref Types::own_attribute(KnownClass known, PyObject* object, Name which) {
  PyTypeObject* type = loaded(known);
  if (type == nullptr) return Ref();
  Ref attributes = Ref::steal(PyType_GetDict(type));
  PyObject* found = nullptr;
  checked(PyDict_GetItemRef(attributes.get(), name(which), &found));
  if (found == nullptr) return Ref();
  Ref descriptor = Ref::steal(found);
  descrgetfunc get = Py_TYPE(found)->tp_descr_get;
  if (get == nullptr) return Ref();
  return unless_raised(get(found, object, reinterpret_cast<PyObject*>(Py_TYPE(object))));
}

PyObject* Types::numpy_asarray(bool may_import) {
  if (asarray_) return asarray_.get();
  // What could not be imported may have been since: sys.path changes.
  if ((lacks_numpy_ || !may_import) && loaded_module("numpy") == nullptr) return nullptr;
  try {
    asarray_ = import_attribute("numpy", "asarray");
  } catch (const PythonError&) {
    // Not installed, not loadable, or a module of the user's that only has the name.
    if (!PyErr_ExceptionMatches(PyExc_ImportError) &&
        !PyErr_ExceptionMatches(PyExc_AttributeError)) {
      throw;
    }
    PyErr_Clear();
    lacks_numpy_ = true;
  }
  return asarray_.get();
}

PyObject* Types::number_type(std::string_view format) {
  constexpr std::string_view kCodes = "?bBhHiIlLefdFD";
  static_assert(kCodes.size() == std::tuple_size_v<decltype(number_types_)>, "one type a code");
  size_t at = std::string_view::npos;
  if (format == "Zf" || format == "Zd") {
    at = kCodes.find(format[1] == 'f' ? 'F' : 'D');
  } else if (format.size() == 1 && format != "F" && format != "D") {
    at = kCodes.find(format[0]);
  }
  if (at == std::string_view::npos) return nullptr;
  Ref& kept = number_types_[at];
  if (!kept) {
    Ref dtype = import_attribute("numpy", "dtype");
    kept = Ref::steal(PyObject_CallFunction(dtype.get(), "s#", &kCodes[at], Py_ssize_t{1}));
  }
  return kept.get();
}

PyObject* Types::dispatch_table() {
  if (!dispatch_table_) dispatch_table_ = import_attribute("copyreg", "dispatch_table");
  return dispatch_table_.get();
}

bool Types::is_dataclass(PyTypeObject* type) {
  if (!PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) || loaded_module("dataclasses") == nullptr) {
    return false;
  }
  Ref fields = attribute_of(reinterpret_cast<PyObject*>(type), name(Name::kDataclassFields));
  return fields && PyDict_CheckExact(fields.get());
}

Ref Types::dataclass_names(PyTypeObject* type) {
  if (!fields_) fields_ = import_attribute("dataclasses", "fields");
  Ref fields = unless_raised(PyObject_CallOneArg(fields_.get(), reinterpret_cast<PyObject*>(type)));
  if (!fields || !PyTuple_Check(fields.get())) return Ref();
  Py_ssize_t n = PyTuple_GET_SIZE(fields.get());
  Ref names = Ref::steal(PyTuple_New(n));
  for (Py_ssize_t i = 0; i < n; ++i) {
    Ref text = attribute_of(PyTuple_GET_ITEM(fields.get(), i), name(Name::kName));
    if (!text || !PyUnicode_Check(text.get())) return Ref();
    PyTuple_SET_ITEM(names.get(), i, text.release());
  }
  return names;
}

Ref Types::record_class(PyObject* signature) {
  if (!records_) records_ = Ref::steal(PyDict_New());
  PyObject* known = PyDict_GetItemWithError(records_.get(), signature);
  if (known != nullptr) return Ref::borrow(known);
  if (PyErr_Occurred()) throw PythonError();
  check_field_names(signature);
  if (!make_dataclass_) make_dataclass_ = import_attribute("dataclasses", "make_dataclass");
  Ref fields = Ref::steal(PyTuple_GetSlice(signature, 1, PyTuple_GET_SIZE(signature)));
  Ref arguments = Ref::steal(PyTuple_Pack(2, PyTuple_GET_ITEM(signature, 0), fields.get()));
  Ref keywords = Ref::steal(Py_BuildValue("{s:O,s:s}", "frozen", Py_True, "module", "_ophion"));
  Ref made = Ref::steal(PyObject_Call(make_dataclass_.get(), arguments.get(), keywords.get()));
  checked(PyDict_SetItem(records_.get(), signature, made.get()));
  return made;
}

}  // namespace ophion
