#include "extensions.h"

#include <dlfcn.h>

#include <new>
#include <string>

namespace ophion {
namespace {

using Init = PyObject* (*)();

// The calling thread in the main interpreter of the image.
class InMain {
 public:
  InMain() : main_(PyThreadState_New(PyInterpreterState_Main())) {
    if (main_ == nullptr) throw std::bad_alloc();
    own_ = PyThreadState_Swap(main_);
  }
  ~InMain() {
    PyThreadState_Clear(main_);
    PyThreadState_Swap(own_);
    PyThreadState_Delete(main_);
  }
  InMain(const InMain&) = delete;
  InMain& operator=(const InMain&) = delete;

 private:
  PyThreadState* main_;
  PyThreadState* own_;
};

// What an init function gave, without any object of the interpreter that it ran in.
struct Outcome {
  PyModuleDef* definition = nullptr;  // static data of the module's library
  PyObject* refusal = nullptr;  // an exception type of CPython's, which all interpreters share
  std::string text;             // UTF-8, after the module's name
};

Outcome refused(PyObject* type, std::string text) { return {nullptr, type, std::move(text)}; }

// Of the exception that is set, which is cleared; it may be of the user's class.
std::string take_text() {
  constexpr size_t kLongest = 4096;
  Ref raised = Ref::steal(PyErr_GetRaisedException());
  PyObject* text = PyObject_Str(raised.get());
  Py_ssize_t size = 0;
  const char* utf8 = text == nullptr ? nullptr : PyUnicode_AsUTF8AndSize(text, &size);
  std::string taken = utf8 == nullptr ? "(its text cannot be shown)" : std::string(utf8, size);
  Py_XDECREF(text);
  PyErr_Clear();
  if (taken.size() > kLongest) taken = taken.substr(0, kLongest) + "...";
  if (PyErr_GivenExceptionMatches(raised.get(), PyExc_ImportError) != 0) return taken;
  return std::string("its initialization raised ") + Py_TYPE(raised.get())->tp_name + ": " + taken;
}

Outcome run(Init init) {
  InMain scope;
  PyObject* result = init();
  if (PyErr_Occurred() != nullptr) {
    // A definition is not counted, and a module of one phase is of no use here.
    if (result != nullptr && Py_TYPE(result) != &PyModuleDef_Type) Py_DECREF(result);
    return refused(PyExc_ImportError, take_text());
  }
  if (result == nullptr) {
    return refused(PyExc_SystemError, "its initialization failed without raising an exception");
  }
  if (Py_TYPE(result) == nullptr) {
    return refused(PyExc_SystemError, "its init function returned an uninitialized object");
  }
  if (!PyObject_TypeCheck(result, &PyModuleDef_Type)) {
    Py_DECREF(result);
    return refused(PyExc_ImportError, "it does not support loading in subinterpreters");
  }
  return {reinterpret_cast<PyModuleDef*>(result), nullptr, {}};
}

[[noreturn]] void raise_import_error(PyObject* name, PyObject* path, const std::string& text) {
  Ref message = Ref::steal(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
  Ref shown = Ref::steal(PyUnicode_DecodeFSDefault(PyBytes_AS_STRING(path)));
  PyErr_SetImportError(message.get(), name, shown.get());
  throw PythonError();
}

// PyInit_name, or PyInitU_ with the name in punycode if that is not ASCII.
std::string init_name(PyObject* name) {
  Py_ssize_t length = PyUnicode_GET_LENGTH(name);
  Py_ssize_t dot = PyUnicode_FindChar(name, '.', 0, length, -1);
  if (dot < -1) throw PythonError();
  Ref last = Ref::steal(PyUnicode_Substring(name, dot + 1, length));
  bool is_ascii = PyUnicode_IS_ASCII(last.get());
  Ref encoded =
      Ref::steal(PyUnicode_AsEncodedString(last.get(), is_ascii ? "ascii" : "punycode", nullptr));
  Ref plain = Ref::steal(PyObject_CallMethod(encoded.get(), "replace", "yy", "-", "_"));
  return (is_ascii ? "PyInit_" : "PyInitU_") + std::string(PyBytes_AS_STRING(plain.get()));
}

Init find_init(PyObject* name, PyObject* path, int flags) {
  void* library = dlopen(PyBytes_AS_STRING(path), flags);
  if (library == nullptr) {
    const char* error = dlerror();
    raise_import_error(name, path, error == nullptr ? "unknown dlopen() error" : error);
  }
  std::string symbol = init_name(name);
  auto init = reinterpret_cast<Init>(dlsym(library, symbol.c_str()));
  if (init == nullptr) {
    raise_import_error(name, path,
                       "dynamic module does not define module export function (" + symbol + ")");
  }
  return init;
}

}  // namespace

Ref create_extension(PyObject* spec, PyObject* path, int flags) {
  Ref name = Ref::steal(PyObject_GetAttrString(spec, "name"));
  if (!PyUnicode_Check(name.get())) {
    PyErr_SetString(PyExc_TypeError, "the spec's name is no str");
    throw PythonError();
  }
  checked(PySys_Audit("import", "OOOOO", name.get(), path, Py_None, Py_None, Py_None));
  Outcome outcome = run(find_init(name.get(), path, flags));
  if (outcome.definition != nullptr) {
    return Ref::steal(PyModule_FromDefAndSpec(outcome.definition, spec));
  }
  if (outcome.refusal == PyExc_ImportError) raise_import_error(name.get(), path, outcome.text);
  PyErr_Format(outcome.refusal, "the extension module '%U': %s", name.get(), outcome.text.c_str());
  throw PythonError();
}

}  // namespace ophion
