#include "buffers.h"

#include <algorithm>

#include "exits.h"
#include "exporter.h"
#include "journal.h"
#include "values.h"

namespace ophion {
namespace {

// A text of bytes, one Latin-1 character each: formats may hold UTF-8 field names.
std::string read_latin1(Reader& reader) {
  Ref text = read_str(reader);
  Ref bytes = Ref::steal(PyUnicode_AsLatin1String(text.get()));
  return std::string(PyBytes_AS_STRING(bytes.get()),
                     static_cast<size_t>(PyBytes_GET_SIZE(bytes.get())));
}

Layout read_layout(Reader& reader) {
  Layout layout;
  layout.address = reader.get<uint64_t>();
  layout.size = reader.get<uint64_t>();
  layout.read_only = reader.get<uint8_t>() != 0;
  layout.format = read_latin1(reader);
  layout.item_size = static_cast<Py_ssize_t>(reader.get<uint32_t>());
  auto dimensions = reader.get<uint32_t>();
  if (dimensions > PyBUF_MAX_NDIM) throw WireError("a buffer with too many dimensions");
  layout.dimensions = static_cast<int>(dimensions);
  for (uint32_t i = 0; i < dimensions; ++i) layout.shape[i] = reader.get<Py_ssize_t>();
  for (uint32_t i = 0; i < dimensions; ++i) layout.strides[i] = reader.get<Py_ssize_t>();
  return layout;
}

// ctypes writes "<d" where array writes "d". memoryview indexes only the latter, so the shorter
// name is taken where it means the same.
std::string native_format(const Py_buffer& view) {
  if (view.format == nullptr) return "B";
  std::string format = view.format;
  constexpr char kNativeOrder = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? '<' : '>';
  if (format.size() != 2) return format;
  if (format[0] == '@') return format.substr(1);
  if (format[0] != kNativeOrder && format[0] != '=') return format;
  bool same = std::string_view("cbB?hHiIqQefd").find(format[1]) != std::string_view::npos;
  return same ? format.substr(1) : format;
}

bool is_plain_bytes(const Layout& layout) {
  return layout.dimensions == 1 && layout.item_size == 1 && layout.format == "B" &&
         layout.strides[0] == 1;
}

constexpr uint64_t kOwn = uint64_t{1} << 63;

// Whether the view shows just this.
bool is_same(const Py_buffer& view, const Layout& layout) {
  if (view.itemsize != layout.item_size || view.ndim != layout.dimensions) return false;
  if (view.ndim != 0 && (view.shape == nullptr || view.strides == nullptr)) return false;
  if (native_format(view) != layout.format) return false;
  Reach reach = reach_of(view.itemsize, view.ndim, view.shape, view.strides);
  auto low = reinterpret_cast<uint64_t>(static_cast<char*>(view.buf) + reach.low);
  return low == layout.address &&
         std::equal(view.shape, view.shape + view.ndim, layout.shape.begin()) &&
         std::equal(view.strides, view.strides + view.ndim, layout.strides.begin());
}

void check_within(const Py_buffer& view, const Layout& layout) {
  Reach reach{0, view.len};
  if (view.shape != nullptr && view.strides != nullptr) {
    reach = reach_of(view.itemsize, view.ndim, view.shape, view.strides);
  }
  auto low = reinterpret_cast<uint64_t>(static_cast<char*>(view.buf) + reach.low);
  auto high = reinterpret_cast<uint64_t>(static_cast<char*>(view.buf) + reach.high);
  if (layout.size == 0) return;
  if (layout.address < low || layout.size > high - low ||
      layout.address - low > high - low - layout.size) {
    throw WireError("a view beyond its pinned object");
  }
}

Ref read_only(Ref view, bool wanted) {
  if (!wanted) return view;
  return Ref::steal(PyObject_CallMethod(view.get(), "toreadonly", nullptr));
}

// A view of a pinned object of this interpreter. An exporter with a lease would keep this
// interpreter from ending, and be freed only by that end.
Ref view_of_own(Interpreter& interpreter, uint64_t id, const Layout& layout) {
  const BufferPin* pin = interpreter.pins.find(id);
  if (pin == nullptr) throw WireError("a pin that is not there");
  const Py_buffer& pinned = pin->view();
  Ref object = Ref::borrow(pinned.obj);
  bool is_whole = static_cast<uint64_t>(pinned.len) == layout.size;
  if (is_plain_bytes(layout) && is_whole && PyBuffer_IsContiguous(&pinned, 'A') != 0) {
    // The payload's way to write a PickleBuffer, whose object may have any shape.
    object = Ref::steal(PyPickleBuffer_FromObject(object.get()));
    object = Ref::steal(PyObject_CallMethod(object.get(), "raw", nullptr));
    return read_only(Ref::steal(PyMemoryView_FromObject(object.get())), layout.read_only);
  }
  if (is_same(pinned, layout)) {
    return read_only(Ref::steal(PyMemoryView_FromObject(object.get())), layout.read_only);
  }
  if (pinned.readonly != 0 && !layout.read_only) throw WireError("a writable view of constants");
  check_within(pinned, layout);
  Ref owner = Ref::steal(PyMemoryView_FromObject(object.get()));
  Ref exporter = make_exporter_of_own(interpreter, std::move(owner), layout);
  return Ref::steal(PyMemoryView_FromObject(exporter.get()));
}

Ref view_of(Interpreter& interpreter, uint64_t lease, const Layout& layout) {
  if ((lease & kOwn) != 0) return view_of_own(interpreter, lease & ~kOwn, layout);
  Ref exporter = make_exporter(interpreter, lease, layout);
  return Ref::steal(PyMemoryView_FromObject(exporter.get()));
}

// The bytes from the lowest to the highest that an element touches, as NumPy takes them.
Layout span_of(const Layout& layout) {
  Layout span;
  span.address = layout.address;
  span.size = layout.size;
  span.read_only = layout.read_only;
  span.format = "B";
  span.dimensions = 1;
  span.shape[0] = static_cast<Py_ssize_t>(layout.size);
  span.strides[0] = 1;
  return span;
}

Ref tuple_of(const std::array<Py_ssize_t, PyBUF_MAX_NDIM>& values, int count) {
  Ref tuple = Ref::steal(PyTuple_New(count));
  for (int i = 0; i < count; ++i) {
    Ref value = Ref::steal(PyLong_FromSsize_t(values[static_cast<size_t>(i)]));
    PyTuple_SET_ITEM(tuple.get(), i, value.release());
  }
  return tuple;
}

// NumPy reads no formats with dates in them, so the array is made of the plain bytes. Null if it
// does not know the type at all.
Ref array_of_span(Interpreter& interpreter, uint64_t lease, const Layout& layout) {
  Reach reach =
      reach_of(layout.item_size, layout.dimensions, layout.shape.data(), layout.strides.data());
  Ref span = view_of(interpreter, lease, span_of(layout));
  Ref format = Ref::steal(PyBytes_FromStringAndSize(layout.format.data(),
                                                    static_cast<Py_ssize_t>(layout.format.size())));
  Ref shape = tuple_of(layout.shape, layout.dimensions);
  Ref strides = tuple_of(layout.strides, layout.dimensions);
  Ref module = support_module(interpreter, "arrays");
  Ref array =
      Ref::steal(PyObject_CallMethod(module.get(), "over", "OOnOOn", span.get(), format.get(),
                                     layout.item_size, shape.get(), strides.get(), -reach.low));
  return array.get() == Py_None ? Ref() : std::move(array);
}

// numpy.asarray makes the memoryview the base of its array, and memoryview.release() on that would
// pull the memory away from under it. The base that this one has cannot be released.
Ref with_lasting_base(Interpreter& interpreter, uint64_t lease, const Layout& layout, Ref array) {
  bool is_own = (lease & kOwn) != 0;  // NumPy's ndarray(buffer=...) would not pin it
  bool is_numpy = std::string_view(Py_TYPE(array.get())->tp_name) == "numpy.ndarray";
  if (is_own || !is_numpy || layout.size == 0) return array;
  Reach reach =
      reach_of(layout.item_size, layout.dimensions, layout.shape.data(), layout.strides.data());
  Ref span = view_of(interpreter, lease, span_of(layout));
  Ref dtype = Ref::steal(PyObject_GetAttrString(array.get(), "dtype"));
  Ref shape = tuple_of(layout.shape, layout.dimensions);
  Ref strides = tuple_of(layout.strides, layout.dimensions);
  auto* type = reinterpret_cast<PyObject*>(Py_TYPE(array.get()));
  return Ref::steal(PyObject_CallFunction(type, "OOOnO", shape.get(), dtype.get(), span.get(),
                                          -reach.low, strides.get()));
}

}  // namespace

Ref read_buffer(Interpreter& interpreter, Reader& reader) {
  auto lease = reader.get<uint64_t>();
  return view_of(interpreter, lease, read_layout(reader));
}

Ref read_array(Interpreter& interpreter, Reader& reader) {
  auto lease = reader.get<uint64_t>();
  Layout layout = read_layout(reader);
  PyObject* asarray = interpreter.types.numpy_asarray(interpreter.is_main);
  if (asarray == nullptr) return view_of(interpreter, lease, layout);
  // Nor does it read plain bytes ("9x") that are no padding.
  bool is_refused = layout.format.find("M8") != std::string::npos ||
                    layout.format.find("m8") != std::string::npos ||
                    (!layout.format.empty() && layout.format.back() == 'x');
  if (!is_refused) {
    Ref view = view_of(interpreter, lease, layout);
    PyObject* array = PyObject_CallOneArg(asarray, view.get());
    if (array != nullptr) {
      return with_lasting_base(interpreter, lease, layout, Ref::steal(array));
    }
    if (!PyErr_ExceptionMatches(PyExc_Exception)) throw PythonError();
    PyErr_Clear();
  }
  Ref array = array_of_span(interpreter, lease, layout);
  return array ? std::move(array) : view_of(interpreter, lease, layout);
}

Ref read_numbers(Interpreter& interpreter, Reader& reader) {
  auto lease = reader.get<uint64_t>();
  Layout layout = read_layout(reader);
  PyObject* dtype = interpreter.types.number_type(layout.format);
  if (dtype == nullptr) throw WireError("an array of what are no numbers");
  if ((lease & kOwn) != 0) {
    Ref view = view_of(interpreter, lease, layout);
    PyObject* asarray = interpreter.types.numpy_asarray(true);
    if (asarray == nullptr) throw WireError("an array without NumPy");
    return Ref::steal(PyObject_CallOneArg(asarray, view.get()));
  }
  // The exporter itself becomes the base: a memoryview could be released there.
  Ref exporter = make_exporter(interpreter, lease, layout);
  Ref shape = tuple_of(layout.shape, layout.dimensions);
  auto* type = reinterpret_cast<PyObject*>(interpreter.types.import(KnownClass::kNumpyArray));
  return Ref::steal(
      PyObject_CallFunctionObjArgs(type, shape.get(), dtype, exporter.get(), nullptr));
}

Ref view_of_memory(Interpreter& interpreter, uint64_t lease, uint64_t address, uint64_t size) {
  if (size > PY_SSIZE_T_MAX) throw WireError("a buffer larger than memory can be");
  Layout layout;
  layout.address = address;
  layout.size = size;
  layout.format = "B";
  layout.dimensions = 1;
  layout.shape[0] = static_cast<Py_ssize_t>(size);
  layout.strides[0] = 1;
  return view_of(interpreter, lease, layout);
}

void write_buffer_body(Writer& writer, const Py_buffer& view, uint64_t pin,
                       std::string_view format) {
  // A view without shape or strides is C-contiguous; one without both has one dimension.
  std::array<Py_ssize_t, PyBUF_MAX_NDIM> shape{};
  std::array<Py_ssize_t, PyBUF_MAX_NDIM> strides{};
  int dimensions = view.ndim;
  Py_ssize_t step = view.itemsize;
  for (int i = dimensions - 1; i >= 0; --i) {
    auto at = static_cast<size_t>(i);
    shape[at] = view.shape != nullptr ? view.shape[i] : view.len / view.itemsize;
    strides[at] = view.strides != nullptr ? view.strides[i] : step;
    step *= shape[at];
  }
  if (view.itemsize > INT32_MAX) {
    throw NotTransferable{"its elements take " + std::to_string(view.itemsize) +
                              " bytes each, and Java can address 2147483647 in one: send a view of "
                              "smaller elements, such as memoryview(x).cast(\"B\")",
                          ""};
  }
  Reach reach = reach_of(view.itemsize, dimensions, shape.data(), strides.data());
  writer.put(pin);
  writer.put(reinterpret_cast<uint64_t>(static_cast<char*>(view.buf) + reach.low));
  writer.put(static_cast<uint64_t>(reach.high - reach.low));
  writer.put(static_cast<uint8_t>(view.readonly != 0));
  writer.latin1(format.empty() ? native_format(view) : format);
  writer.put(static_cast<uint32_t>(view.itemsize));
  writer.put(static_cast<uint32_t>(dimensions));
  for (int i = 0; i < dimensions; ++i) writer.put(int64_t{shape[static_cast<size_t>(i)]});
  for (int i = 0; i < dimensions; ++i) writer.put(int64_t{strides[static_cast<size_t>(i)]});
}

uint64_t note_pin(Interpreter& interpreter, Writer& writer, std::unique_ptr<BufferPin> pin) {
  prepare_reference(writer);
  uint64_t id = interpreter.pins.add(std::move(pin));
  note_reference(writer, ReferenceKind::kPin, id);
  return id;
}

void write_buffer_as(Interpreter& interpreter, Writer& writer, PyObject* exporter,
                     std::string_view format) {
  std::unique_ptr<BufferPin> made = pin_buffer(interpreter, exporter);
  Journal journal(interpreter, writer);
  uint64_t pin = note_pin(interpreter, writer, std::move(made));
  writer.tag(Tag::kBuffer);
  const Py_buffer& view = interpreter.pins.find(pin)->view();
  write_buffer_body(writer, view, pin, format);
  journal.keep();
}

void write_buffer(Interpreter& interpreter, Writer& writer, PyObject* exporter) {
  write_buffer_as(interpreter, writer, exporter, {});
}

}  // namespace ophion
