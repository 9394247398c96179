// The classes and names that the conversions look at, of one interpreter.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "python.h"

namespace ophion {

enum class KnownClass : size_t {
  kDecimal,
  kUuid,
  kPosixPath,
  kZoneInfo,
  kEnum,
  kArray,
  kNumpyArray,
  kNumpyScalar,
  kCtypesArray,
  kMmap,
  kCount,
};

// Attribute and keyword names, interned once an interpreter.
enum class Name : size_t {
  kUtcoffset,
  kKey,
  kName,
  kMemberName,
  kValue,
  kInt,
  kBytes,
  kModule,
  kQualname,
  kMembers,
  kFrombytes,
  kDataclassFields,
  kBase,
  kDtype,
  kItem,
  kKind,
  kHasObject,
  kReduceEx,
  kCount,
};

// Everything is found lazily and kept for the interpreter's life: classes differ from one
// interpreter to the next, so nothing here may be shared. Destroyed with the GIL held.
class Types {
 public:
  // Borrowed; null if the class's module is not in sys.modules, so that no instance can exist.
  // Runs no Python code.
  PyTypeObject* loaded(KnownClass known);

  // Borrowed; imports the module.
  PyTypeObject* import(KnownClass known);

  // Borrowed.
  PyObject* name(Name name);

  // An attribute by the class's own descriptor, whatever a subclass makes of it. Null if there is
  // none.
  Ref own_attribute(KnownClass known, PyObject* object, Name name);

  // numpy.asarray, borrowed; null if NumPy cannot be imported. Imports it where `may_import`.
  PyObject* numpy_asarray(bool may_import);

  // NumPy's type for a buffer's format, borrowed. Null if these are no numbers in native order, or
  // of a kind that pickle makes into another one. Imports NumPy.
  PyObject* number_type(std::string_view format);

  // copyreg.dispatch_table, borrowed.
  PyObject* dispatch_table();

  // Whether the class was made by dataclasses.dataclass.
  bool is_dataclass(PyTypeObject* type);

  // The names of a dataclass's fields, as a tuple of str. Null if it does not say them.
  Ref dataclass_names(PyTypeObject* type);

  // The frozen dataclass for a record: a tuple of its name and its field names. Made once.
  Ref record_class(PyObject* signature);

  // PyDateTime_CAPI, null until values_time.cpp has imported it. Kept here and not in datetime.h's
  // PyDateTimeAPI, which all interpreters would share.
  void* datetime_api = nullptr;

 private:
  std::array<Ref, static_cast<size_t>(KnownClass::kCount)> classes_;
  std::array<Ref, static_cast<size_t>(Name::kCount)> names_;
  Ref fields_;          // dataclasses.fields
  Ref make_dataclass_;  // dataclasses.make_dataclass
  Ref records_;         // dict: signature -> class
  Ref asarray_;         // numpy.asarray
  Ref dispatch_table_;  // copyreg.dispatch_table
  std::array<Ref, 14> number_types_;
  bool lacks_numpy_ = false;
};

// Borrowed; the module if it is in sys.modules, else null. Runs no Python code.
PyObject* loaded_module(const char* name);

// Imports a module and reads one attribute.
Ref import_attribute(const char* module, const char* attribute);

}  // namespace ophion
