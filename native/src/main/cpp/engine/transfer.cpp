#include "transfer.h"

#include <vector>

#include "buffers.h"
#include "exporter.h"
#include "journal.h"
#include "pickle_hooks.h"
#include "plain.h"

namespace ophion {
namespace {

constexpr Py_ssize_t kLargestInline = 16 * 1024;

Ref support(Interpreter& interpreter) { return support_module(interpreter, "transfer"); }

// Turns what stopped the pickler into a refusal. What says nothing about the object (no memory, an
// interrupt) stays as it is.
[[noreturn]] void refuse_unpicklable(PyObject* module) {
  if (!PyErr_ExceptionMatches(PyExc_Exception) || PyErr_ExceptionMatches(PyExc_MemoryError)) {
    throw PythonError();
  }
  Ref raised = Ref::steal(PyErr_GetRaisedException());
  Ref explained = Ref::steal(PyObject_CallMethod(module, "explain", "O", raised.get()));
  throw NotTransferable{utf8(PyTuple_GetItem(explained.get(), 0)),
                        utf8(PyTuple_GetItem(explained.get(), 1))};
}

Ref pickled(Interpreter& interpreter, PyObject* hooks, PyObject* object) {
  Ref module = support(interpreter);
  PyObject* bytes = PyObject_CallMethod(module.get(), "pickled", "OO", hooks, object);
  if (bytes == nullptr) refuse_unpicklable(module.get());
  return Ref::steal(bytes);
}

class PayloadWriter {
 public:
  PayloadWriter(Interpreter& interpreter, Writer& writer)
      : interpreter_(interpreter), writer_(writer), journal_(interpreter, writer) {}

  void nothing_in_band() {
    writer_.put(uint8_t{0});
    writer_.put(uint64_t{0});
  }

  void in_band(PyObject* bytes) {
    if (PyBytes_GET_SIZE(bytes) <= kLargestInline) {
      writer_.put(uint8_t{0});
      writer_.put(static_cast<uint64_t>(PyBytes_GET_SIZE(bytes)));
      writer_.bytes(PyBytes_AS_STRING(bytes), static_cast<uint64_t>(PyBytes_GET_SIZE(bytes)));
      return;
    }
    const Py_buffer& view = pin(std::make_unique<BufferPin>(bytes, PyBUF_SIMPLE));
    writer_.put(uint8_t{1});
    writer_.put(last_pin_);
    writer_.put(reinterpret_cast<uint64_t>(view.buf));
    writer_.put(static_cast<uint64_t>(view.len));
  }

  void buffer(OutOfBand&& sent) {
    writer_.put(static_cast<uint8_t>(sent.kind));
    const Py_buffer& view = pin(std::move(sent.pin));
    if (sent.kind == BufferKind::kPickle) {
      write_raw(view);
    } else {
      write_buffer_body(writer_, view, last_pin_);
    }
  }

  void keep() { journal_.keep(); }

 private:
  const Py_buffer& pin(std::unique_ptr<BufferPin> made) {
    const Py_buffer& view = made->view();
    last_pin_ = note_pin(interpreter_, writer_, std::move(made));
    return view;
  }

  // PickleBuffer.raw(): pickle has seen that the memory has no gaps, and who unpickles knows its
  // shape.
  void write_raw(const Py_buffer& view) {
    Py_buffer raw{};
    raw.buf = view.buf;
    raw.len = view.len;
    raw.itemsize = 1;
    raw.ndim = 1;
    raw.readonly = view.readonly;
    write_buffer_body(writer_, raw, last_pin_);
  }

  Interpreter& interpreter_;
  Writer& writer_;
  Journal journal_;
  uint64_t last_pin_ = 0;
};

Ref read_in_band(Interpreter& interpreter, Reader& reader) {
  if (reader.get<uint8_t>() == 0) {
    auto size = reader.get<uint64_t>();
    const uint8_t* data = reader.take(size);
    return Ref::steal(PyBytes_FromStringAndSize(reinterpret_cast<const char*>(data),
                                                static_cast<Py_ssize_t>(size)));
  }
  auto lease = reader.get<uint64_t>();
  auto address = reader.get<uint64_t>();
  return view_of_memory(interpreter, lease, address, reader.get<uint64_t>());
}

// NumPy keeps what it is given as the base of its array, and a memoryview could be released there.
Ref lasting(Interpreter& interpreter, Ref view) {
  PyObject* exporter = PyMemoryView_GET_BASE(view.get());
  if (exporter == nullptr || !is_exporter(interpreter, exporter)) return view;
  return Ref::borrow(exporter);
}

}  // namespace

void dump(Interpreter& interpreter, Writer& writer, PyObject* object) {
  if (std::optional<OutOfBand> only = plain(interpreter, object)) {
    PayloadWriter payload(interpreter, writer);
    payload.nothing_in_band();
    writer.put(uint32_t{1});
    payload.buffer(std::move(*only));
    payload.keep();
    return;
  }
  Ref hooks = make_pickle_hooks(interpreter);
  Ref bytes = pickled(interpreter, hooks.get(), object);
  std::vector<OutOfBand>& sent = out_of_band(hooks.get());
  if (sent.size() > UINT32_MAX) throw NotTransferable{"it has too many buffers", ""};
  PayloadWriter payload(interpreter, writer);
  payload.in_band(bytes.get());
  writer.put(static_cast<uint32_t>(sent.size()));
  for (OutOfBand& one : sent) payload.buffer(std::move(one));
  payload.keep();
}

Ref load(Interpreter& interpreter, Reader& reader) {
  Ref bytes = read_in_band(interpreter, reader);
  auto count = reader.get<uint32_t>();
  if (count > reader.left()) throw WireError("more buffers than bytes");
  if (count == 1 && PyBytes_CheckExact(bytes.get()) && PyBytes_GET_SIZE(bytes.get()) == 0) {
    return read_plain(interpreter, reader);
  }
  Ref kinds = Ref::steal(PyBytes_FromStringAndSize(nullptr, count));
  Ref views = Ref::steal(PyList_New(count));
  for (uint32_t i = 0; i < count; ++i) {
    auto kind = static_cast<BufferKind>(reader.get<uint8_t>());
    PyBytes_AS_STRING(kinds.get())[i] = static_cast<char>(kind);
    Ref view = read_buffer(interpreter, reader);
    if (kind == BufferKind::kPickle) view = lasting(interpreter, std::move(view));
    PyList_SET_ITEM(views.get(), i, view.release());
  }
  return Ref::steal(PyObject_CallMethod(support(interpreter).get(), "unpickled", "OOO", bytes.get(),
                                        views.get(), kinds.get()));
}

}  // namespace ophion
