#include "owners.h"

namespace ophion {
namespace {

// An object that hands out the memory of another one has it in an attribute, or in one of those.
constexpr int kDeepest = 4;
constexpr size_t kMost = 256;

class Search {
 public:
  explicit Search(Types& types)
      : types_(types),
        array_(types.loaded(KnownClass::kNumpyArray)),
        ctypes_array_(types.loaded(KnownClass::kCtypesArray)) {}

  void visit(PyObject* object, int depth) {
    PyTypeObject* type = Py_TYPE(object);
    if (array_ != nullptr && PyType_IsSubtype(type, array_)) return array(object, depth);
    bool is_behind_an_array = !found.arrays.empty();
    if (is_behind_an_array && PyObject_CheckBuffer(object) != 0 && !PyBytes_CheckExact(object)) {
      found.exporters.push_back(Ref::borrow(object));
    }
    if (PyMemoryView_Check(object)) {
      PyObject* base = PyMemoryView_GET_BASE(object);
      if (base != nullptr) visit(base, depth);
    } else if (is_ctypes(type)) {
      found.ctypes.push_back(Ref::borrow(object));
    } else if (PyObject_IS_GC(object) && type->tp_traverse != nullptr && depth < kDeepest) {
      referents(object, type, depth);
    }
  }

  Owners found;

 private:
  void array(PyObject* object, int depth) {
    found.arrays.push_back(Ref::borrow(object));
    // By ndarray's own descriptor, since a subclass may say what it likes. It runs no Python code,
    // and the array keeps its base.
    Ref base = types_.own_attribute(KnownClass::kNumpyArray, object, Name::kBase);
    if (base && base.get() != Py_None && found.arrays.size() < kMost) visit(base.get(), depth);
  }

  // ctypes' classes have metaclasses of their own, which spares all others the look at the bases.
  bool is_ctypes(PyTypeObject* type) const {
    return ctypes_array_ != nullptr && Py_TYPE(type) != &PyType_Type &&
           PyType_IsSubtype(type, ctypes_array_->tp_base);
  }

  void referents(PyObject* object, PyTypeObject* type, int depth) {
    // Nothing runs until the last of them has been visited, so that borrowed references do.
    std::vector<PyObject*> next;
    type->tp_traverse(
        object,
        [](PyObject* referent, void* list) {
          auto& seen = *static_cast<std::vector<PyObject*>*>(list);
          seen.push_back(referent);
          return seen.size() < kMost ? 0 : 1;
        },
        &next);
    for (PyObject* referent : next) {
      if (++looked_at_ > kMost) return;
      if (!PyType_Check(referent) && !PyModule_Check(referent)) visit(referent, depth + 1);
    }
  }

  Types& types_;
  PyTypeObject* array_;
  PyTypeObject* ctypes_array_;
  size_t looked_at_ = 0;
};

}  // namespace

Owners owners_of(Interpreter& interpreter, PyObject* object) {
  // Most have neither NumPy's arrays nor ctypes, and these own what they show.
  if (PyBytes_CheckExact(object) || PyByteArray_CheckExact(object)) return {};
  Search search(interpreter.types);
  search.visit(object, 0);
  return std::move(search.found);
}

}  // namespace ophion
