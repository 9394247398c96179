#include "callbacks.h"

#include <dlfcn.h>

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "../imports.h"
#include "entrance.h"

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

constexpr int kOutOfMemory = 3;  // no status of libffi's; _ctypes knows success and the rest

// libffi reads it at each call, before any code of _ctypes runs. _ctypes has it in an object, and
// its types in classes, which go with the interpreter.
class Signature {
 public:
  explicit Signature(const Interface& original) : interface_(original) {
    interface_.result = copy(original.result);
    interface_.arguments = copy_all(original.arguments, original.count);
  }
  Signature(const Signature&) = delete;
  Signature& operator=(const Signature&) = delete;

  Interface* get() { return &interface_; }

 private:
  Type* copy(Type* type) {
    Type** elements = type->elements;
    if (elements != nullptr) {
      size_t count = 0;
      while (elements[count] != nullptr) ++count;
      elements = copy_all(elements, count);
    }
    types_.push_back({type->size, type->alignment, type->kind, elements});
    return &types_.back();
  }

  Type** copy_all(Type** types, size_t count) {
    std::vector<Type*> copies;
    for (size_t i = 0; i < count; ++i) copies.push_back(copy(types[i]));
    copies.push_back(nullptr);
    lists_.push_back(std::move(copies));
    return lists_.back().data();
  }

  Interface interface_;
  std::deque<Type> types_;
  std::deque<std::vector<Type*>> lists_;
};

using Function = void (*)(Interface* interface, void* result, void** arguments, void* data);
using Prepare = int (*)(void* closure, Interface* interface, Function function, void* data,
                        void* code);
using Free = void (*)(void* closure);

std::atomic<Prepare> original_prepare{nullptr};
std::atomic<Free> original_free{nullptr};

std::mutex lock;  // subinterpreters have GILs of their own

// By closure. Not destroyed at the process's exit, beside which C may still call.
auto& signatures = *new std::unordered_map<void*, std::unique_ptr<Signature>>();

// Instead of ffi_prep_closure_loc.
int prepare(void* closure, Interface* interface, Function function, void* data, void* code) {
  try {
    auto signature = std::make_unique<Signature>(*interface);
    Interface* copy = signature->get();
    {
      std::lock_guard<std::mutex> guard(lock);
      signatures[closure] = std::move(signature);
    }
    return original_prepare.load()(closure, copy, function, data, code);
  } catch (const std::bad_alloc&) {
    return kOutOfMemory;
  }
}

// Instead of ffi_closure_free.
void free_closure(void* closure) {
  if (closure == nullptr || is_entrance_shut()) return;
  std::unique_ptr<Signature> signature;
  {
    std::lock_guard<std::mutex> guard(lock);
    auto found = signatures.find(closure);
    if (found != signatures.end()) {
      signature = std::move(found->second);
      signatures.erase(found);
    }
  }
  original_free.load()(closure);
}

}  // namespace

void guard_callbacks(PyObject* function) {
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

bool are_callbacks_left() {
  std::lock_guard<std::mutex> guard(lock);
  return !signatures.empty();
}

}  // namespace ophion
