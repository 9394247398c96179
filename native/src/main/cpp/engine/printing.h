// What Python code prints and logs goes up to Java; functions of the module _ophion.
#pragma once

#include "interpreter.h"

namespace ophion {

// write(stream: int, text: str): hands text to the interpreter's output; an empty one says that an
// unfinished line is complete.
PyObject* write_output(PyObject* module, PyObject* args);

// is_logged(level: int, logger: str) -> bool: whether log() would have an effect.
PyObject* is_logged(PyObject* module, PyObject* args);

// log(level: int, record: tuple): hands on (logger, message, description of an exception or None).
PyObject* log_record(PyObject* module, PyObject* args);

// Sets an exception whose text comes from the host; what does not decode is replaced.
void raise_text(PyObject* type, const char* utf8);

// Has what the code of a scope prints go to a receiver of its own.
class CapturedOutput {
 public:
  // Streams by their bits: 1 for stdout, 2 for stderr. Throws PythonError.
  CapturedOutput(Interpreter& interpreter, uint32_t receiver, uint8_t streams);
  ~CapturedOutput();
  CapturedOutput(const CapturedOutput&) = delete;
  CapturedOutput& operator=(const CapturedOutput&) = delete;

 private:
  Ref output_;
  Ref capture_;
};

}  // namespace ophion
