#include "exporter.h"

#include <new>

#include "buffers.h"
#include "failures.h"
#include "formats.h"
#include "module.h"

namespace ophion {
namespace {

struct Foreign {
  uint64_t lease;  // 0 if there is an owner
  Ref owner;       // null if there is a lease
  Layout layout;
  Reach reach;
  Py_ssize_t bytes;  // of all elements, without gaps
};

// Not known to the garbage collector on purpose: it owns its type and at most a memoryview, which
// knows nothing of its users. So the type stays referenced from outside the collector's sight, is
// never cleared under a living exporter, and keeps the module's state findable from dealloc until
// the interpreter's very end.
struct Exporter {
  PyObject_HEAD Foreign* foreign;
};

Foreign& foreign_of(PyObject* self) { return *reinterpret_cast<Exporter*>(self)->foreign; }

void dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  Foreign* foreign = reinterpret_cast<Exporter*>(self)->foreign;
  if (foreign != nullptr) {
    auto* state = static_cast<ModuleState*>(PyType_GetModuleState(type));
    if (state != nullptr) --state->owner->exporters;
    if (foreign->lease != 0) host().lease_drop(foreign->lease);
    delete foreign;
  }
  type->tp_free(self);
  Py_DECREF(type);
}

bool is_contiguous(const Foreign& foreign, char order) {
  Py_buffer probe{};
  auto& layout = const_cast<Layout&>(foreign.layout);
  probe.len = foreign.bytes;
  probe.itemsize = layout.item_size;
  probe.ndim = layout.dimensions;
  probe.shape = layout.shape.data();
  probe.strides = layout.strides.data();
  return PyBuffer_IsContiguous(&probe, order) != 0;
}

const char* refusal_of(const Foreign& foreign, int flags) {
  if ((flags & PyBUF_WRITABLE) != 0 && foreign.layout.read_only) {
    return "this memory was lent read-only: the sender has to say writable";
  }
  bool takes_strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES;
  bool wants_c = (flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS || !takes_strides;
  bool wants_f = (flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS;
  bool wants_any = (flags & PyBUF_ANY_CONTIGUOUS) == PyBUF_ANY_CONTIGUOUS;
  if (wants_c && !is_contiguous(foreign, 'C')) return "this memory is not C-contiguous";
  if (wants_f && !is_contiguous(foreign, 'F')) return "this memory is not Fortran-contiguous";
  if (wants_any && !is_contiguous(foreign, 'A')) return "this memory is not contiguous";
  return nullptr;
}

int get_buffer(PyObject* self, Py_buffer* view, int flags) {
  view->obj = nullptr;
  Foreign& foreign = foreign_of(self);
  if (const char* refusal = refusal_of(foreign, flags)) {
    PyErr_SetString(PyExc_BufferError, refusal);
    return -1;
  }
  Layout& layout = foreign.layout;
  // Consumers may take null for "no buffer", so empty memory gets an address that nobody reads.
  view->buf = layout.address == 0 ? static_cast<void*>(&foreign)
                                  : reinterpret_cast<char*>(layout.address) - foreign.reach.low;
  view->len = foreign.bytes;
  view->readonly = layout.read_only;
  view->itemsize = layout.item_size;
  view->ndim = layout.dimensions;
  view->format = (flags & PyBUF_FORMAT) != 0 ? layout.format.data() : nullptr;
  bool has_shape = (flags & PyBUF_ND) != 0 && layout.dimensions > 0;
  view->shape = has_shape ? layout.shape.data() : nullptr;
  bool has_strides = has_shape && (flags & PyBUF_STRIDES) == PyBUF_STRIDES;
  view->strides = has_strides ? layout.strides.data() : nullptr;
  view->suboffsets = nullptr;
  view->internal = nullptr;
  view->obj = Py_NewRef(self);
  return 0;
}

PyObject* repr(PyObject* self) {
  const Layout& layout = foreign_of(self).layout;
  return PyUnicode_FromFormat("<%s memory lent to this interpreter, %llu bytes at %p>",
                              layout.read_only ? "read-only" : "writable",
                              static_cast<unsigned long long>(layout.size),
                              reinterpret_cast<void*>(layout.address));
}

// Classes that unpickle a buffer get the exporter itself, and may expect a memoryview. This is one
// that nobody can release while an array refers to the memory.
Ref view_of_all(PyObject* self) { return Ref::steal(PyMemoryView_FromObject(self)); }

template <typename Body>
PyObject* on_view(PyObject* self, Body body) {
  try {
    return body(view_of_all(self).get());
  } catch (const PythonError&) {
    return nullptr;
  }
}

PyObject* get_attribute(PyObject* self, PyObject* name) {
  PyObject* found = PyObject_GenericGetAttr(self, name);
  if (found != nullptr || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
  PyErr_Clear();
  return on_view(self, [=](PyObject* view) { return PyObject_GetAttr(view, name); });
}

PyObject* get_item(PyObject* self, PyObject* key) {
  return on_view(self, [=](PyObject* view) { return PyObject_GetItem(view, key); });
}

PyObject* iterate(PyObject* self) {
  return on_view(self, [](PyObject* view) { return PyObject_GetIter(view); });
}

Py_ssize_t length(PyObject* self) {
  try {
    return PyObject_Size(view_of_all(self).get());
  } catch (const PythonError&) {
    return -1;
  }
}

PyType_Slot slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
    {Py_tp_repr, reinterpret_cast<void*>(repr)},
    {Py_tp_getattro, reinterpret_cast<void*>(get_attribute)},
    {Py_tp_iter, reinterpret_cast<void*>(iterate)},
    {Py_mp_length, reinterpret_cast<void*>(length)},
    {Py_mp_subscript, reinterpret_cast<void*>(get_item)},
    {Py_bf_getbuffer, reinterpret_cast<void*>(get_buffer)},
    {Py_tp_doc, const_cast<char*>("Memory of Java or of another interpreter.")},
    {0, nullptr},
};

PyType_Spec spec = {
    "_ophion.Exporter",
    sizeof(Exporter),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    slots,
};

Py_ssize_t multiplied(Py_ssize_t a, Py_ssize_t b) {
  Py_ssize_t product;
  if (__builtin_mul_overflow(a, b, &product)) throw WireError("a buffer's shape overflows");
  return product;
}

Py_ssize_t added(Py_ssize_t a, Py_ssize_t b) {
  Py_ssize_t sum;
  if (__builtin_add_overflow(a, b, &sum)) throw WireError("a buffer's shape overflows");
  return sum;
}

// What memoryview reads for a format of one letter. 0 for all others: it refuses to index those, or
// reads item_size bytes.
Py_ssize_t native_size(const std::string& format) {
  size_t at = !format.empty() && format[0] == '@' ? 1 : 0;
  if (format.size() != at + 1) return 0;
  switch (format[at]) {
    case 'c':
    case 'b':
    case 'B':
      return 1;
    case '?':
      return sizeof(bool);
    case 'h':
    case 'H':
      return sizeof(short);
    case 'i':
    case 'I':
      return sizeof(int);
    case 'l':
    case 'L':
      return sizeof(long);
    case 'q':
    case 'Q':
      return sizeof(long long);
    case 'n':
    case 'N':
      return sizeof(Py_ssize_t);
    case 'e':
      return 2;
    case 'f':
      return sizeof(float);
    case 'd':
      return sizeof(double);
    case 'P':
      return sizeof(void*);
    default:
      return 0;
  }
}

void check(const Layout& layout, const Reach& reach) {
  if (static_cast<uint64_t>(reach.high - reach.low) > layout.size) {
    throw WireError("a buffer's shape and strides reach beyond its memory");
  }
  if (layout.size != 0 && layout.address == 0) throw WireError("a buffer at address 0");
  if (address_in(layout.format) != 0) {
    throw NotTransferable{"Memory of the format '" + layout.format.substr(0, 60) +
                              "' would be taken for addresses in this interpreter: describe it as "
                              "numbers or bytes.",
                          ""};
  }
  // A ctypes union says "B" whatever its size is.
  if (native_size(layout.format) > layout.item_size) {
    throw WireError("a buffer's format needs more than its item size");
  }
}

}  // namespace

Reach reach_of(Py_ssize_t item_size, int dimensions, const Py_ssize_t* shape,
               const Py_ssize_t* strides) {
  Reach reach{0, item_size};
  for (int i = 0; i < dimensions; ++i) {
    if (shape[i] < 0) throw WireError("a buffer with a negative shape");
    if (shape[i] == 0) return {0, 0};
  }
  for (int i = 0; i < dimensions; ++i) {
    Py_ssize_t step = multiplied(strides[i], shape[i] - 1);
    Py_ssize_t& end = step < 0 ? reach.low : reach.high;
    end = added(end, step);
  }
  added(reach.high, multiplied(reach.low, -1));
  return reach;
}

namespace {

std::unique_ptr<Foreign> checked_foreign(const Layout& layout) {
  if (layout.item_size <= 0) throw WireError("a buffer with items of no size");
  auto foreign = std::make_unique<Foreign>(Foreign{0, Ref(), layout, {}, layout.item_size});
  foreign->reach =
      reach_of(layout.item_size, layout.dimensions, layout.shape.data(), layout.strides.data());
  check(layout, foreign->reach);
  for (int i = 0; i < layout.dimensions; ++i) {
    size_t at = static_cast<size_t>(i);
    foreign->bytes = multiplied(foreign->bytes, layout.shape[at]);
  }
  return foreign;
}

Ref export_over(Interpreter& interpreter, std::unique_ptr<Foreign> foreign) {
  PyTypeObject* type = module_state(interpreter.module.get()).exporter_type;
  Ref exporter = Ref::steal(type->tp_alloc(type, 0));
  uint64_t lease = foreign->lease;
  if (lease != 0) acquire_lease(lease);
  ++interpreter.exporters;
  reinterpret_cast<Exporter*>(exporter.get())->foreign = foreign.release();
  return exporter;
}

}  // namespace

void acquire_lease(uint64_t lease) {
  int32_t result = host().lease_acquire(lease);
  if (result == kStackEnds) raise_stack_ends("to hold memory of others");
  if (result != 0) throw WireError("memory whose lease has ended");
}

Ref make_exporter(Interpreter& interpreter, uint64_t lease, const Layout& layout) {
  auto foreign = checked_foreign(layout);
  foreign->lease = lease;
  return export_over(interpreter, std::move(foreign));
}

Ref make_exporter_of_own(Interpreter& interpreter, Ref owner, const Layout& layout) {
  auto foreign = checked_foreign(layout);
  foreign->owner = std::move(owner);
  return export_over(interpreter, std::move(foreign));
}

bool is_exporter(const Interpreter& interpreter, PyObject* object) {
  return Py_IS_TYPE(object, module_state(interpreter.module.get()).exporter_type) &&
         !foreign_of(object).owner;
}

uint64_t lease_of(PyObject* exporter) { return foreign_of(exporter).lease; }

void add_exporter_type(PyObject* module) {
  Ref type = Ref::steal(PyType_FromModuleAndSpec(module, &spec, nullptr));
  module_state(module).exporter_type = reinterpret_cast<PyTypeObject*>(type.release());
}

}  // namespace ophion
