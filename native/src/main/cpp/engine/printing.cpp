#include "printing.h"

#include <cstdlib>
#include <cstring>
#include <memory>

#include "failures.h"
#include "module.h"
#include "values.h"

namespace ophion {
namespace {

struct Free {
  void operator()(uint8_t* memory) const { std::free(memory); }
};

}  // namespace

void raise_text(PyObject* type, const char* utf8) {
  PyObject* text =
      PyUnicode_DecodeUTF8(utf8, static_cast<Py_ssize_t>(std::strlen(utf8)), "replace");
  if (text == nullptr) return;
  PyErr_SetObject(type, text);
  Py_DECREF(text);
}

PyObject* write_output(PyObject* module, PyObject* args) {
  int stream = 0;
  PyObject* text = nullptr;
  if (!PyArg_ParseTuple(args, "iU", &stream, &text)) return nullptr;
  try {
    uint64_t id = owner_of(module).id;
    Ref encoded = Ref::steal(PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace"));
    Failure failure{};
    int32_t result;
    {
      GilRelease released;
      result = host().write(id, stream, PyBytes_AS_STRING(encoded.get()),
                            static_cast<uint64_t>(PyBytes_GET_SIZE(encoded.get())), &failure);
    }
    if (result == kStackEnds) raise_stack_ends("to hand output to Java");
    if (result != 0) {
      raise_text(PyExc_OSError, failure.message);
      return nullptr;
    }
  } catch (const PythonError&) {
    return nullptr;
  }
  Py_RETURN_NONE;
}

PyObject* is_logged(PyObject* module, PyObject* args) {
  int level = 0;
  const char* logger = nullptr;
  Py_ssize_t size = 0;
  if (!PyArg_ParseTuple(args, "is#", &level, &logger, &size)) return nullptr;
  try {
    uint64_t id = owner_of(module).id;
    int32_t result;
    {
      GilRelease released;
      result = host().is_logged(id, level, logger, static_cast<uint64_t>(size));
    }
    if (result == kStackEnds) raise_stack_ends("to ask for a logger in Java");
    return PyBool_FromLong(result);
  } catch (const PythonError&) {
    return nullptr;
  }
}

PyObject* log_record(PyObject* module, PyObject* args) {
  int level = 0;
  PyObject* record = nullptr;
  if (!PyArg_ParseTuple(args, "iO!", &level, &PyTuple_Type, &record)) return nullptr;
  try {
    Interpreter& owner = owner_of(module);
    uint8_t scratch[1024];
    Writer writer(scratch, sizeof(scratch));
    write_value(owner, writer, record);
    uint64_t size = writer.size();
    std::unique_ptr<uint8_t, Free> own(writer.detach_own_memory());
    Failure failure{};
    int32_t result;
    {
      GilRelease released;
      result = host().log(owner.id, level, own ? own.get() : scratch, size, &failure);
    }
    if (result == kStackEnds) raise_stack_ends("to log in Java");
    if (result == 0) Py_RETURN_NONE;
    raise_text(PyExc_OSError, failure.message);
  } catch (const PythonError&) {
  } catch (const NotTransferable& refusal) {
    raise_text(PyExc_ValueError, refusal.message.c_str());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  }
  return nullptr;
}

CapturedOutput::CapturedOutput(Interpreter& interpreter, uint32_t receiver, uint8_t streams)
    : output_(support_module(interpreter, "output")),
      capture_(Ref::steal(PyObject_CallMethod(output_.get(), "begin", "III", receiver,
                                              unsigned{streams} & 1, unsigned{streams} & 2))) {}

CapturedOutput::~CapturedOutput() {
  // An interrupt that was meant for the call may hit this instead, once.
  for (int attempt = 0; attempt < 2; ++attempt) {
    PyObject* ended = PyObject_CallMethod(output_.get(), "end", "O", capture_.get());
    if (ended != nullptr) {
      Py_DECREF(ended);
      return;
    }
    PyErr_Clear();
  }
}

}  // namespace ophion
