#include "commands.h"

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "failures.h"
#include "interrupts.h"
#include "journal.h"
#include "names.h"
#include "printing.h"
#include "taking.h"
#include "transfer.h"
#include "values.h"

namespace ophion {
namespace {

constexpr int kOpWidth = 5;
constexpr uint8_t kOpBits = (1 << kOpWidth) - 1;

// Reads an operand; a refusal names it by name().
template <typename Name>
Ref read_operand(Interpreter& interpreter, Reader& reader, Name name) {
  try {
    return read_value(interpreter, reader);
  } catch (NotTransferable& refusal) {
    refusal.path = name() + refusal.path;
    throw;
  }
}

Ref read_operand(Interpreter& interpreter, Reader& reader, const char* name) {
  return read_operand(interpreter, reader, [name] { return std::string(name); });
}

// The arguments of a call in the form of the vectorcall protocol (PEP 590).
class Arguments {
 public:
  Arguments() = default;
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;
  ~Arguments() {
    for (size_t i = 1; i <= count_; ++i) Py_DECREF(data()[i]);
  }

  void read(Interpreter& interpreter, Reader& reader) {
    auto positional = reader.get<uint32_t>();
    if (positional > reader.left()) throw WireError("more arguments than bytes");
    reserve(positional);
    for (uint32_t i = 0; i < positional; ++i) {
      add(read_operand(interpreter, reader, [i] { return "argument " + std::to_string(i); }));
    }
    auto keywords = reader.get<uint32_t>();
    if (keywords == 0) return;
    if (keywords > reader.left()) throw WireError("more keyword arguments than bytes");
    names_ = Ref::steal(PyTuple_New(keywords));
    for (uint32_t i = 0; i < keywords; ++i) {
      Ref name = as_parsed(read_str(reader).get());
      const char* utf8 = PyUnicode_AsUTF8(name.get());
      if (utf8 == nullptr) throw PythonError();
      add(read_operand(interpreter, reader, [utf8] { return std::string("argument ") + utf8; }));
      PyTuple_SET_ITEM(names_.get(), i, name.release());
    }
  }

  Ref call(PyObject* function) {
    size_t positional = count_ - (names_ ? static_cast<size_t>(PyTuple_GET_SIZE(names_.get())) : 0);
    return Ref::steal(PyObject_Vectorcall(
        function, data() + 1, positional | PY_VECTORCALL_ARGUMENTS_OFFSET, names_.get()));
  }

 private:
  // The slot before the first argument belongs to the callee during the call.
  PyObject** data() { return many_.empty() ? few_.data() : many_.data(); }
  void reserve(size_t n) {
    if (n < few_.size()) return;
    many_.reserve(n + 1);
    many_.push_back(nullptr);
  }
  void add(Ref object) {
    if (many_.empty() && count_ + 1 == few_.size()) many_.assign(few_.begin(), few_.end());
    if (many_.empty()) {
      few_[count_ + 1] = object.release();
    } else {
      many_.push_back(object.get());
      object.release();
    }
    ++count_;
  }

  std::array<PyObject*, 9> few_{};
  std::vector<PyObject*> many_;
  size_t count_ = 0;
  Ref names_;
};

Ref find_handle(Interpreter& interpreter, Reader& reader) {
  PyObject* found = interpreter.handles.find(reader.get<uint64_t>());
  if (found == nullptr) {
    if (!interpreter.globals) throw Ending{};
    PyErr_SetString(PyExc_ReferenceError, "this handle was closed already");
    throw PythonError();
  }
  return Ref::borrow(found);
}

// They go with all handles when the interpreter's end has begun, and stay away if it fails.
PyObject* globals(Interpreter& interpreter) {
  if (!interpreter.globals) throw Ending{};
  return interpreter.globals.get();
}

Ref find_name(Interpreter& interpreter, PyObject* text) {
  Ref parsed = as_parsed(text);
  PyObject* name = parsed.get();
  PyObject* found = nullptr;
  checked(PyDict_GetItemRef(globals(interpreter), name, &found));
  if (found == nullptr) {
    PyObject* builtins = PyEval_GetBuiltins();
    checked(PyDict_GetItemRef(builtins, name, &found));
  }
  if (found == nullptr) {
    PyErr_Format(PyExc_NameError, "name '%U' is not defined in __main__", name);
    throw PythonError();
  }
  return Ref::steal(found);
}

Ref module_named(Interpreter& interpreter, PyObject* name) {
  constexpr std::string_view kSupport = "_ophion_support.";
  const char* utf8 = PyUnicode_AsUTF8(name);
  if (utf8 == nullptr) throw PythonError();
  if (std::string_view(utf8).substr(0, kSupport.size()) == kSupport) {
    return support_module(interpreter, utf8 + kSupport.size());
  }
  return Ref::steal(PyImport_Import(name));
}

// "module:dotted.name", or a dotted name that begins in __main__ or the built-ins.
Ref resolve(Interpreter& interpreter, PyObject* text) {
  Py_ssize_t length = PyUnicode_GET_LENGTH(text);
  Py_ssize_t colon = PyUnicode_FindChar(text, ':', 0, length, 1);
  if (colon < 0 && PyUnicode_FindChar(text, '.', 0, length, 1) < 0) {
    return find_name(interpreter, text);
  }
  if (colon < 0) {
    Ref names = split_dotted(text);
    return get_dotted(find_name(interpreter, PyList_GET_ITEM(names.get(), 0)), names.get(), 1);
  }
  Ref module_name = Ref::steal(PyUnicode_Substring(text, 0, colon));
  Ref path = Ref::steal(PyUnicode_Substring(text, colon + 1, length));
  Ref names = split_dotted(path.get());
  return get_dotted(module_named(interpreter, module_name.get()), names.get(), 0);
}

Ref import_module(PyObject* name) {
  Ref importlib = Ref::steal(PyImport_ImportModule("importlib"));
  return Ref::steal(PyObject_CallMethod(importlib.get(), "import_module", "O", name));
}

// Runs source under a file name; an empty one makes a name of its own.
Ref run(Interpreter& interpreter, PyObject* source, PyObject* file, const char* mode) {
  Ref sources = support_module(interpreter, "sources");
  Ref code = Ref::steal(PyObject_CallMethod(sources.get(), "compiled", "OOs", source, file, mode));
  return Ref::steal(PyEval_EvalCode(code.get(), globals(interpreter), globals(interpreter)));
}

// These are expressions, or none, whatever a dict has under them.
bool is_keyword(PyObject* text) {
  constexpr const char* kKeywords[] = {
      "False", "None",  "True",     "__debug__", "and",    "as",   "assert", "async",  "await",
      "break", "class", "continue", "def",       "del",    "elif", "else",   "except", "finally",
      "for",   "from",  "global",   "if",        "import", "in",   "is",     "lambda", "nonlocal",
      "not",   "or",    "pass",     "raise",     "return", "try",  "while",  "with",   "yield"};
  for (const char* keyword : kKeywords) {
    if (PyUnicode_EqualToUTF8(text, keyword) != 0) return true;
  }
  return false;
}

// What a variable of __main__ is, where the whole expression is its name; else null.
Ref variable(Interpreter& interpreter, PyObject* expression) {
  if (PyUnicode_IsIdentifier(expression) == 0) return Ref();
  PyObject* found = nullptr;
  checked(PyDict_GetItemRef(globals(interpreter), as_parsed(expression).get(), &found));
  if (found == nullptr) return Ref();
  Ref value = Ref::steal(found);
  return is_keyword(expression) ? Ref() : std::move(value);
}

Ref evaluate(Interpreter& interpreter, PyObject* expression, PyObject* file) {
  if (Ref value = variable(interpreter, expression)) return value;
  return run(interpreter, expression, file, "eval");
}

Ref evaluate(Interpreter& interpreter, PyObject* expression) {
  Ref unnamed = Ref::steal(PyUnicode_New(0, 0));
  return evaluate(interpreter, expression, unnamed.get());
}

void assign(Interpreter& interpreter, PyObject* text, PyObject* value) {
  Ref parsed = as_parsed(text);
  PyObject* name = parsed.get();
  if (!PyUnicode_IsIdentifier(name)) {
    PyErr_Format(PyExc_ValueError, "%R is not an identifier, so it cannot name a variable", name);
    throw PythonError();
  }
  checked(PyDict_SetItem(globals(interpreter), name, value));
}

void execute(Interpreter& interpreter, Reader& reader) {
  Ref source = read_value(interpreter, reader);
  Ref file = read_str(reader);
  if (PyBytes_Check(source.get())) {
    // As running a file does it.
    checked(PyDict_SetItemString(globals(interpreter), "__file__", file.get()));
  }
  run(interpreter, source.get(), file.get(), "exec");
}

void release(Interpreter& interpreter, Reader& reader) {
  for (auto n = reader.get<uint32_t>(); n > 0; --n) {
    interpreter.handles.remove(reader.get<uint64_t>());
  }
  for (auto n = reader.get<uint32_t>(); n > 0; --n) {
    interpreter.pins.remove(reader.get<uint64_t>());
  }
}

void write_next(Interpreter& interpreter, Writer& writer, PyObject* iterator) {
  PyObject* item = nullptr;
  if (checked(PyIter_NextItem(iterator, &item)) == 0) {
    writer.tag(Tag::kStop);
    return;
  }
  write_value(interpreter, writer, Ref::steal(item).get());
}

void write_counts(Interpreter& interpreter, Writer& writer) {
  writer.tag(Tag::kTuple);
  writer.put(uint32_t{3});
  for (uint64_t count :
       {interpreter.handles.count(), interpreter.pins.count(), interpreter.exporters}) {
    writer.tag(Tag::kInt64);
    writer.put(count);
  }
}

void write_none(Writer& writer) { writer.tag(Tag::kNone); }

void carry_out_on_namespace(Interpreter& interpreter, Op op, Reader& reader, Writer& writer) {
  Ref text = read_str(reader);
  switch (op) {
    case Op::kEval:
      return write_value(interpreter, writer,
                         evaluate(interpreter, text.get(), read_str(reader).get()).get());
    case Op::kSet:
      assign(interpreter, text.get(), read_operand(interpreter, reader, "value").get());
      return write_none(writer);
    case Op::kGet:
      return write_value(interpreter, writer, find_name(interpreter, text.get()).get());
    case Op::kImport:
      return write_handle(interpreter, writer, import_module(text.get()).get());
    case Op::kCall:
    case Op::kOwnCall: {
      Ref function = resolve(interpreter, text.get());
      Arguments arguments;
      arguments.read(interpreter, reader);
      return write_value(interpreter, writer, arguments.call(function.get()).get());
    }
    case Op::kFunction: {
      Ref function = resolve(interpreter, text.get());
      if (!PyCallable_Check(function.get())) {
        PyErr_Format(PyExc_TypeError, "'%U' is a %s, which is not callable", text.get(),
                     Py_TYPE(function.get())->tp_name);
        throw PythonError();
      }
      return write_handle(interpreter, writer, function.get());
    }
    case Op::kDump:
      return dump(interpreter, writer, evaluate(interpreter, text.get()).get());
    case Op::kLoad:
      assign(interpreter, text.get(), load(interpreter, reader).get());
      return write_none(writer);
    case Op::kTake:
      return take(interpreter, writer, as_parsed(text.get()).get());
    default:
      throw WireError("an unknown operation on names");
  }
}

void carry_out_on_handle(Interpreter& interpreter, Op op, Reader& reader, Writer& writer) {
  Ref object = find_handle(interpreter, reader);
  switch (op) {
    case Op::kCallHandle: {
      Arguments arguments;
      arguments.read(interpreter, reader);
      return write_value(interpreter, writer, arguments.call(object.get()).get());
    }
    case Op::kGetAttr:
      return write_value(interpreter, writer,
                         get_attribute(object.get(), read_str(reader).get()).get());
    case Op::kSetAttr: {
      Ref name = as_parsed(read_str(reader).get());
      checked(PyObject_SetAttr(object.get(), name.get(),
                               read_operand(interpreter, reader, "value").get()));
      return write_none(writer);
    }
    case Op::kGetItem:
      return write_value(
          interpreter, writer,
          Ref::steal(PyObject_GetItem(object.get(), read_operand(interpreter, reader, "key").get()))
              .get());
    case Op::kSetItem: {
      Ref key = read_operand(interpreter, reader, "key");
      checked(PyObject_SetItem(object.get(), key.get(),
                               read_operand(interpreter, reader, "value").get()));
      return write_none(writer);
    }
    case Op::kStr:
      return write_str(writer, Ref::steal(PyObject_Str(object.get())).get());
    case Op::kIter:
      return write_handle(interpreter, writer, Ref::steal(PyObject_GetIter(object.get())).get());
    case Op::kNext:
      return write_next(interpreter, writer, object.get());
    default:
      throw WireError("an unknown operation on a handle");
  }
}

void carry_out_users(Interpreter& interpreter, Op op, Reader& reader, Writer& writer) {
  switch (op) {
    case Op::kExec:
      execute(interpreter, reader);
      return write_none(writer);
    case Op::kEval:
    case Op::kSet:
    case Op::kGet:
    case Op::kImport:
    case Op::kCall:
    case Op::kFunction:
    case Op::kDump:
    case Op::kLoad:
    case Op::kTake:
      return carry_out_on_namespace(interpreter, op, reader, writer);
    default:
      return carry_out_on_handle(interpreter, op, reader, writer);
  }
}

void carry_out_any(Interpreter& interpreter, Op op, Reader& reader, Writer& writer,
                   RunningCall* running) {
  writer.put(static_cast<uint8_t>(Status::kValue));
  switch (op) {
    case Op::kOwnCall:
      carry_out_on_namespace(interpreter, op, reader, writer);
      // Nobody would give it back: the runtime reads plain values only.
      if (!writer.references().empty()) {
        throw NotTransferable{"the runtime's own call gave an object instead of a plain value", ""};
      }
      return;
    case Op::kInterrupt:
      return writer.tag(interrupt(interpreter) ? Tag::kTrue : Tag::kFalse);
    case Op::kRelease:
      release(interpreter, reader);
      return write_none(writer);
    case Op::kDropHandles:
      interpreter.handles.clear();
      interpreter.globals = Ref();  // support code drops __main__ next
      return write_none(writer);
    case Op::kDropPins:
      interpreter.pins.clear();
      return write_none(writer);
    case Op::kCounts:
      return write_counts(interpreter, writer);
    default:
      if (running != nullptr) running->begin();
      return carry_out_users(interpreter, op, reader, writer);
  }
}

// With all that the reply refers to at its end, or with nothing kept.
void carry_out_whole(Interpreter& interpreter, Op op, Reader& reader, Writer& writer,
                     RunningCall* running) {
  Journal journal(interpreter, writer);
  carry_out_any(interpreter, op, reader, writer, running);
  write_references(writer);
  journal.keep();
}

// What describes a failure is plain.
void write_plain_failure(Interpreter& interpreter, Writer& writer) {
  Journal journal(interpreter, writer);
  write_failure(interpreter, writer);
}

void carry_out_captured(Interpreter& interpreter, Reader& reader, Writer& writer,
                        RunningCall& running) {
  auto receiver = reader.get<uint32_t>();
  CapturedOutput captured(interpreter, receiver, reader.get<uint8_t>());
  auto op = static_cast<Op>(reader.get<uint8_t>());
  try {
    carry_out_whole(interpreter, op, reader, writer, &running);
  } catch (...) {
    // Before the end of the capture, which is no place for an exception that is set. The call is
    // not over until then: an interrupt of the call around it would be lost in that end.
    write_plain_failure(interpreter, writer);
  }
}

int64_t reply_of(Writer& writer, uint8_t* scratch) {
  auto reply_size = static_cast<int64_t>(writer.size());
  uint8_t* own = writer.detach_own_memory();
  if (own == nullptr) return reply_size;
  ReplyPlace place{reinterpret_cast<uint64_t>(own), static_cast<uint64_t>(reply_size)};
  std::memcpy(scratch, &place, sizeof(place));
  return kReplyElsewhere;
}

}  // namespace

int64_t carry_out(Interpreter& interpreter, uint8_t* scratch, uint64_t size, uint64_t capacity) {
  Reader reader(scratch, size);
  Writer writer(scratch, capacity);
  RunningCall running(interpreter);
  try {
    auto first = reader.get<uint8_t>();
    auto op = static_cast<Op>(first & kOpBits);
    writer.wanted_elements = static_cast<uint8_t>(first >> kOpWidth);
    if (op == Op::kCaptured) {
      carry_out_captured(interpreter, reader, writer, running);
    } else {
      carry_out_whole(interpreter, op, reader, writer, &running);
    }
  } catch (...) {
    // An interrupt would hit what describes the failure.
    running.over();
    write_plain_failure(interpreter, writer);
  }
  return reply_of(writer, scratch);
}

int64_t carry_out_for_visitor(Interpreter& interpreter, uint8_t* scratch, uint64_t size,
                              uint64_t capacity) {
  Reader reader(scratch, size);
  Writer writer(scratch, capacity);
  try {
    auto op = static_cast<Op>(reader.get<uint8_t>());
    carry_out_whole(interpreter, op, reader, writer, nullptr);
  } catch (...) {
    write_plain_failure(interpreter, writer);
  }
  return reply_of(writer, scratch);
}

}  // namespace ophion
