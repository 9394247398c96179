#include "buffers.h"

#include "exporter.h"
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

// A view of a pinned object of this interpreter. An exporter would hold a lease that keeps this
// interpreter from ending, and be freed only by that end.
Ref view_of_own(Interpreter& interpreter, const Layout& layout) {
  const BufferPin* pin = interpreter.pins.find(layout.address);
  if (pin == nullptr) throw WireError("a pin that is not there");
  Ref object = Ref::borrow(pin->view().obj);
  if (is_plain_bytes(layout)) {
    // The payload's way to write a PickleBuffer, whose object may have any shape.
    object = Ref::steal(PyPickleBuffer_FromObject(object.get()));
    object = Ref::steal(PyObject_CallMethod(object.get(), "raw", nullptr));
  }
  Ref view = Ref::steal(PyMemoryView_FromObject(object.get()));
  if (!layout.read_only) return view;
  return Ref::steal(PyObject_CallMethod(view.get(), "toreadonly", nullptr));
}

Ref view_of(Interpreter& interpreter, uint64_t lease, const Layout& layout) {
  if (lease == 0) return view_of_own(interpreter, layout);
  Ref exporter = make_exporter(interpreter, lease, layout);
  return Ref::steal(PyMemoryView_FromObject(exporter.get()));
}

}  // namespace

Ref read_buffer(Interpreter& interpreter, Reader& reader) {
  auto lease = reader.get<uint64_t>();
  return view_of(interpreter, lease, read_layout(reader));
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

std::unique_ptr<BufferPin> pin_buffer(PyObject* exporter) {
  auto pin = std::make_unique<BufferPin>(exporter, PyBUF_FULL_RO);
  const Py_buffer& view = pin->view();
  if (view.itemsize <= 0) {
    throw NotTransferable{std::string("a ") + Py_TYPE(exporter)->tp_name +
                              " of items without a size holds no memory to share",
                          ""};
  }
  for (int i = 0; view.suboffsets != nullptr && i < view.ndim; ++i) {
    if (view.suboffsets[i] < 0) continue;
    throw NotTransferable{
        std::string("a ") + Py_TYPE(exporter)->tp_name +
            " whose rows are reached through pointers (suboffsets) has no flat memory to share: "
            "send its tobytes()",
        ""};
  }
  return pin;
}

void write_buffer_body(Writer& writer, const Py_buffer& view, uint64_t pin) {
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
  Reach reach = reach_of(view.itemsize, dimensions, shape.data(), strides.data());
  writer.put(pin);
  writer.put(reinterpret_cast<uint64_t>(static_cast<char*>(view.buf) + reach.low));
  writer.put(static_cast<uint64_t>(reach.high - reach.low));
  writer.put(static_cast<uint8_t>(view.readonly != 0));
  writer.latin1(native_format(view));
  writer.put(static_cast<uint32_t>(view.itemsize));
  writer.put(static_cast<uint32_t>(dimensions));
  for (int i = 0; i < dimensions; ++i) writer.put(int64_t{shape[static_cast<size_t>(i)]});
  for (int i = 0; i < dimensions; ++i) writer.put(int64_t{strides[static_cast<size_t>(i)]});
}

void write_buffer(Interpreter& interpreter, Writer& writer, PyObject* exporter) {
  uint64_t pin = interpreter.pins.add(pin_buffer(exporter));
  try {
    writer.tag(Tag::kBuffer);
    write_buffer_body(writer, interpreter.pins.find(pin)->view(), pin);
  } catch (...) {
    interpreter.pins.remove(pin);
    throw;
  }
}

}  // namespace ophion
