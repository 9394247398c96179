#include "callbacks.h"

#include <dlfcn.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <new>
#include <unordered_map>
#include <utility>
#include <vector>

#include "../imports.h"
#include "entrance.h"
#include "interpreter.h"

namespace ophion {
namespace {

// ffi_type and ffi_cif of libffi on this platform.
struct Type {
  size_t size;
  unsigned short alignment;
  unsigned short kind;
  Type** elements;  // of a structure, with a null pointer behind the last; null elsewhere
};

struct Interface {
  int convention;
  unsigned count;
  Type** arguments;
  Type* result;
  unsigned bytes;
  unsigned flags;
};

static_assert(sizeof(Type) == 24 && sizeof(Interface) == 32);

// Of `kind`. Those from the first integer on are integers or addresses, but for structures.
constexpr unsigned short kVoid = 0;
constexpr unsigned short kFirstInteger = 5;

constexpr int kOutOfMemory = 3;  // no status of libffi's; _ctypes knows success and the rest

// libffi reads it at each call, before any code of _ctypes runs. _ctypes has it in an object, and
// its types in classes, which go with the interpreter.
class Signature {
 public:
  explicit Signature(const Interface& original) : interface_(original) {
    interface_.result = copy(original.result);
    interface_.arguments = copy_all(original.arguments, original.count);
    copies_ = {};
  }
  Signature(const Signature&) = delete;
  Signature& operator=(const Signature&) = delete;

  Interface* get() { return &interface_; }

 private:
  Type* copy(Type* type) {
    Type*& known = copies_[type];  // structures may have many fields of one type
    if (known != nullptr) return known;
    Type** elements = type->elements;
    if (elements != nullptr) {
      size_t count = 0;
      while (elements[count] != nullptr) ++count;
      elements = copy_all(elements, count);
    }
    types_.push_back({type->size, type->alignment, type->kind, elements});
    return known = &types_.back();
  }

  Type** copy_all(Type** types, size_t count) {
    std::vector<Type*> copies;
    for (size_t i = 0; i < count; ++i) copies.push_back(copy(types[i]));
    copies.push_back(nullptr);
    lists_.push_back(std::move(copies));
    return lists_.back().data();
  }

  Interface interface_;
  std::unordered_map<Type*, Type*> copies_;  // while they are made
  std::deque<Type> types_;
  std::deque<std::vector<Type*>> lists_;
};

using Function = void (*)(Interface* interface, void* result, void** arguments, void* data);
using Prepare = int (*)(void* closure, Interface* interface, Function function, void* data,
                        void* code);
using Free = void (*)(void* closure);

std::atomic<Prepare> original_prepare{nullptr};
std::atomic<Free> original_free{nullptr};

// What is left of an interpreter when it has ended. Sequentially consistent, as the entrance.
struct Home {
  PyInterpreterState* const interpreter;
  std::atomic<bool> shut{false};
  std::atomic<int64_t> entering{0};  // without a thread state there yet
  std::atomic<int64_t> guests{0};
};

struct Closure {
  Signature signature;
  const Function function;
  void* const data;
  const std::shared_ptr<Home> home;
};

std::mutex lock;  // subinterpreters have GILs of their own

// Not destroyed at the process's exit, beside which C may still call.
auto& closures = *new std::unordered_map<void*, std::unique_ptr<Closure>>();

constexpr const char* kHome = "ophion.callbacks";

void drop_home(PyObject* capsule) {
  delete static_cast<std::shared_ptr<Home>*>(PyCapsule_GetPointer(capsule, kHome));
}

// Keeps it for as long as the interpreter.
std::shared_ptr<Home> make_home(PyObject* kept) {
  PyInterpreterState* interpreter = PyInterpreterState_Get();
  std::shared_ptr<Home> home(new Home{interpreter});
  auto held = std::make_unique<std::shared_ptr<Home>>(home);
  Ref capsule = Ref::steal(PyCapsule_New(held.get(), kHome, drop_home));
  (void)held.release();
  checked(PyDict_SetItemString(kept, kHome, capsule.get()));
  return home;
}

// That of the interpreter that the thread is attached to. Throws if there is no memory for one.
std::shared_ptr<Home> home_here() {
  PyObject* kept = PyInterpreterState_GetDict(PyInterpreterState_Get());
  if (kept == nullptr) throw std::bad_alloc();
  PyObject* found = nullptr;
  checked(PyDict_GetItemStringRef(kept, kHome, &found));
  if (found == nullptr) return make_home(kept);
  Ref capsule = Ref::steal(found);
  auto* home = static_cast<std::shared_ptr<Home>*>(PyCapsule_GetPointer(found, kHome));
  if (home == nullptr) throw PythonError();
  return *home;
}

// A thread while it is in an interpreter that it does not come from.
class Visit {
 public:
  // `own` is what it has elsewhere, or null.
  Visit(std::shared_ptr<Home> home, PyThreadState* own)
      : home_(std::move(home)),
        own_(own),
        was_attached_(own != nullptr && PyThreadState_GetUnchecked() == own) {
    note_entry();
    ++home_->entering;
    if (!home_->shut) state_ = make_visitor(home_->interpreter);
    if (state_ != nullptr) ++home_->guests;
    --home_->entering;
    if (state_ == nullptr) return;
    if (was_attached_) PyEval_SaveThread();
    PyEval_RestoreThread(state_);
  }

  ~Visit() {
    if (state_ == nullptr) return;
    PyThreadState_Clear(state_);
    PyThreadState_DeleteCurrent();
    --home_->guests;
    if (own_ == nullptr) return;
    PyEval_RestoreThread(own_);  // PyGILState_Ensure finds it again
    if (!was_attached_) PyEval_SaveThread();
  }

  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  explicit operator bool() const { return state_ != nullptr; }

 private:
  const std::shared_ptr<Home> home_;  // the callback may drop itself
  PyThreadState* const own_;
  const bool was_attached_;
  PyThreadState* state_ = nullptr;
};

// The thread may end in the callback (pthread_exit, pthread_cancel), which unwinds its stack. The
// engine has a libgcc of its own, which ends the process where that of the C library unwinds a
// frame in which something is to be destroyed: so the frame around the callback's has nothing. What
// such a thread has in the interpreter stays there, as in plain Python.
class VisitInPlace {
 public:
  [[gnu::noinline]] bool begin(const Closure& closure, PyThreadState* own) {
    return static_cast<bool>(*new (memory_) Visit(closure.home, own));
  }
  [[gnu::noinline]] void end() { reinterpret_cast<Visit*>(memory_)->~Visit(); }

 private:
  alignas(Visit) unsigned char memory_[sizeof(Visit)];
};

// Zero, whatever the type.
void give_nothing(const Interface& interface, void* result) {
  const Type& type = *interface.result;
  if (type.kind == kVoid) return;
  bool is_integral = type.elements == nullptr && type.kind >= kFirstInteger;
  std::memset(result, 0, is_integral ? std::max(type.size, sizeof(void*)) : type.size);
}

// Instead of the function of _ctypes, which takes PyGILState_Ensure's word for where a thread
// belongs: the interpreter where it was last, and the image's main one if it was in none.
void call(Interface* interface, void* result, void** arguments, void* data) {
  const Closure& closure = *static_cast<Closure*>(data);
  PyThreadState* own = PyGILState_GetThisThreadState();
  if (own != nullptr && PyThreadState_GetInterpreter(own) == closure.home->interpreter) {
    closure.function(interface, result, arguments, closure.data);
    return;
  }
  VisitInPlace visit;
  if (visit.begin(closure, own)) {
    closure.function(interface, result, arguments, closure.data);
    visit.end();
    return;
  }
  bool may_wait = own == nullptr && closure.home->shut && host().is_javas_thread() == 0;
  visit.end();
  if (may_wait) wait_for_ever();
  give_nothing(*interface, result);
}

// Instead of ffi_prep_closure_loc.
int prepare(void* closure, Interface* interface, Function function, void* data, void* code) {
  try {
    std::unique_ptr<Closure> made(new Closure{Signature(*interface), function, data, home_here()});
    Closure* kept = made.get();
    {
      std::lock_guard<std::mutex> guard(lock);
      closures[closure] = std::move(made);
    }
    return original_prepare.load()(closure, kept->signature.get(), call, kept, code);
  } catch (const PythonError&) {
    PyErr_Clear();
  } catch (const std::bad_alloc&) {
  }
  return kOutOfMemory;
}

// Instead of ffi_closure_free.
void free_closure(void* closure) {
  if (closure == nullptr) return;
  std::unique_ptr<Closure> gone;
  {
    std::lock_guard<std::mutex> guard(lock);
    auto found = closures.find(closure);
    if (found != closures.end()) {
      if (found->second->home->shut) return;
      gone = std::move(found->second);
      closures.erase(found);
    }
  }
  original_free.load()(closure);
}

}  // namespace

void guard_callbacks(PyObject* function) {
  std::lock_guard<std::mutex> guard(lock);  // none may be made before it is done
  void* code = reinterpret_cast<void*>(PyCFunction_GetFunction(function));
  Dl_info file{};
  if (code == nullptr || original_free != nullptr || dladdr(code, &file) == 0) return;
  void* module = dlopen(file.dli_fname, RTLD_NOW | RTLD_NOLOAD);
  if (module == nullptr) return;
  auto prepare_closure = reinterpret_cast<Prepare>(dlsym(module, "ffi_prep_closure_loc"));
  auto free = reinterpret_cast<Free>(dlsym(module, "ffi_closure_free"));
  if (prepare_closure != nullptr && free != nullptr) {
    original_prepare = prepare_closure;
    original_free = free;
    Imports ctypes(module);
    ctypes.replace("ffi_prep_closure_loc", reinterpret_cast<void*>(prepare));
    ctypes.replace("ffi_closure_free", reinterpret_cast<void*>(free_closure));
  }
  dlclose(module);
}

void shut_callbacks() {
  std::shared_ptr<Home> home = home_here();
  home->shut = true;
  while (home->entering != 0) sched_yield();
}

bool are_callbacks_running() { return home_here()->guests != 0; }

bool are_callbacks_left() {
  std::lock_guard<std::mutex> guard(lock);
  return !closures.empty();
}

}  // namespace ophion
