#include "failures.h"

#include <cstdio>
#include <string_view>

#include "values.h"

namespace ophion {
namespace {

constexpr size_t kMostOfName = 500;

// What does not decode is replaced: texts may have been cut.
void write_utf8(Writer& writer, std::string_view text) {
  Ref decoded = Ref::steal(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
  write_str(writer, decoded.get());
}

// The same shape as _ophion_support.errors.describe, from what hardly fails.
void write_bare_description(Writer& writer, PyObject* exception) {
  std::string_view name = Py_TYPE(exception)->tp_name;
  writer.tag(Tag::kTuple);
  writer.put(uint32_t{7});
  writer.tag(Tag::kInt64);
  writer.put(int64_t{0});
  write_utf8(writer, name.substr(0, kMostOfName));
  writer.latin1("(no text: describing the exception failed as well)");
  for (int i = 0; i < 2; ++i) {
    writer.tag(Tag::kTuple);
    writer.put(uint32_t{0});
  }
  writer.tag(Tag::kNone);
  writer.tag(Tag::kNone);
}

bool write_description(Interpreter& interpreter, Writer& writer, PyObject* exception) {
  uint64_t start = writer.size();
  try {
    Ref errors = support_module(interpreter, "errors");
    Ref described = Ref::steal(PyObject_CallMethod(errors.get(), "describe", "O", exception));
    write_value(interpreter, writer, described.get());
    return true;
  } catch (...) {
    PyErr_Clear();
    writer.truncate(start);
    return false;
  }
}

void write_raised(Interpreter& interpreter, Writer& writer) {
  Ref exception = Ref::steal(PyErr_GetRaisedException());
  writer.put(static_cast<uint8_t>(Status::kRaised));
  // An interrupt that was meant for the call may hit its description instead, once.
  if (!write_description(interpreter, writer, exception.get()) &&
      !write_description(interpreter, writer, exception.get())) {
    write_bare_description(writer, exception.get());
  }
}

}  // namespace

void write_failure(Interpreter& interpreter, Writer& writer) {
  writer.truncate(0);
  try {
    try {
      throw;
    } catch (const NotTransferable& refusal) {
      PyErr_Clear();
      writer.put(static_cast<uint8_t>(Status::kNotTransferable));
      write_utf8(writer, refusal.message);
      write_utf8(writer, refusal.path);
      return;
    } catch (const Ending&) {
      PyErr_Clear();
      writer.put(static_cast<uint8_t>(Status::kEnding));
      return;
    } catch (const PythonError&) {
      if (!PyErr_Occurred()) {
        PyErr_SetString(PyExc_SystemError, "the engine lost an exception; please report this");
      }
    } catch (const std::bad_alloc&) {
      PyErr_NoMemory();
    } catch (const std::exception& error) {
      PyErr_Format(PyExc_SystemError, "%s; please report this", error.what());
    }
    write_raised(interpreter, writer);
  } catch (...) {
    PyErr_Clear();
    writer.truncate(0);
    writer.put(static_cast<uint8_t>(Status::kNotTransferable));
    writer.latin1("there is no memory left to say what failed");
    writer.latin1("");
  }
}

void raise_stack_ends(const char* purpose) {
  PyErr_Format(PyExc_RecursionError, "this thread's stack ends too near to call Java %s", purpose);
  throw PythonError();
}

void fail(Failure* failure, const char* message) {
  std::snprintf(failure->message, sizeof(failure->message), "%s", message);
}

void fail_with_python_error(Failure* failure) {
  PyObject* exception = PyErr_GetRaisedException();
  if (exception == nullptr) {
    fail(failure, "CPython failed without an exception");
    return;
  }
  PyObject* text = PyObject_Str(exception);
  const char* utf8 = text == nullptr ? nullptr : PyUnicode_AsUTF8(text);
  std::snprintf(failure->message, sizeof(failure->message), "%s: %s", Py_TYPE(exception)->tp_name,
                utf8 == nullptr ? "" : utf8);
  PyErr_Clear();
  Py_XDECREF(text);
  Py_DECREF(exception);
}

}  // namespace ophion
