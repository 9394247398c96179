// What Java calls: opens images and passes requests to their engines. Addresses cross as long.
#pragma once

#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "direct_memory.h"
#include "heap_arrays.h"
#include "jvm.h"
#include "shared_memory.h"
#include "sharing.h"
#include "stacks.h"
#include "text.h"
#include "unloading.h"

namespace ophion {

struct Image {
  void* libpython = nullptr;
  void* engine = nullptr;
  const EngineTable* table = nullptr;
  int64_t slot = 0;
};

struct HostedInterpreter {
  const EngineTable* table;
  EngineInterpreter* interpreter;
};

template <typename T>
T* pointer(int64_t address) {
  return reinterpret_cast<T*>(static_cast<uintptr_t>(address));
}

template <typename T>
int64_t address(T* target) {
  return static_cast<int64_t>(reinterpret_cast<uintptr_t>(target));
}

inline const HostTable& host_table() {
  static const HostTable table = {kAbiVersion, sizeof(HostTable), lease_acquire,  lease_drop,
                                  write_text,  relocate,          share_text,     is_logged,
                                  log_record,  read_array,        is_javas_thread};
  return table;
}

inline void* open_library(const std::string& path, int flags) {
  void* library = dlopen(path.c_str(), RTLD_NOW | flags);
  if (library == nullptr) throw Failed(std::string("dlopen: ") + dlerror());
  return library;
}

// Every lookup of a Python symbol would find the global one first, so no copy would be its own.
inline bool is_python_global() { return dlsym(RTLD_DEFAULT, "Py_Initialize") != nullptr; }

inline void open_engine(Image& image, const std::string& engine) {
  image.engine = open_library(engine, RTLD_LOCAL);
  auto entry = reinterpret_cast<EngineEntry>(dlsym(image.engine, kEngineEntryName));
  image.table = entry == nullptr ? nullptr : entry(&host_table());
  if (image.table == nullptr || image.table->version != kAbiVersion ||
      image.table->size != sizeof(EngineTable)) {
    throw Failed(engine + " is of another version of Ophion: use artifacts of one version");
  }
}

// The path is plain ASCII, and good until the thread's next call.
inline const char* make_memory_copy(int64_t slot, const char* base) {
  thread_local std::string path;
  path = text_sharing().make(slot, from_modified(base));
  return path.c_str();
}

inline void drop_memory_copy(int64_t slot, const char* path) { text_sharing().drop(slot, path); }

inline bool has_memory_copy(int64_t slot, const char* path) {
  return text_sharing().has(slot, path);
}

// Loads what another copy depends on and finds by its name then. What it needs of that other one is
// looked for when it is used.
inline void preload(const char* path) {
  if (dlopen(path, RTLD_LAZY | RTLD_LOCAL) == nullptr) {
    throw Failed(std::string("dlopen: ") + dlerror());
  }
}

inline void forget_copies(int64_t slot) { text_sharing().forget(slot); }

inline int64_t open_image(const char* libpython, const char* engine, int64_t slot) {
  require_thread_keys();
  auto image = std::make_unique<Image>();
  image->slot = slot;
  std::string file = from_modified(libpython);
  image->libpython = open_library(file, RTLD_LOCAL);
  protect_stacks(image->libpython);
  try {
    open_engine(*image, from_modified(engine));
    text_sharing().begin(slot, file);
    share_text(static_cast<uint64_t>(slot));
  } catch (...) {
    if (image->engine != nullptr) dlclose(image->engine);
    delete_thread_keys(image->libpython);
    dlclose(image->libpython);
    throw;
  }
  return address(image.release());
}

inline void start_image(int64_t image, const char* home, const char* executable,
                        const char* search_paths, bool use_environment, bool user_site) {
  std::string texts[] = {from_modified(home), from_modified(executable),
                         from_modified(search_paths)};
  StartConfig config = {texts[0].c_str(),   texts[1].c_str(),
                        texts[2].c_str(),   use_environment,
                        user_site,          static_cast<uint64_t>(pointer<Image>(image)->slot),
                        stack_zones().guard};
  Failure failure{};
  if (pointer<Image>(image)->table->start(&config, &failure) != 0) {
    throw Failed(failure.message);
  }
}

inline void stop_image(int64_t image) {
  Failure failure{};
  if (pointer<Image>(image)->table->stop(&failure) != 0) throw Failed(failure.message);
}

// After the end of an image's CPython, on the thread that opened it: unmaps it with the libraries
// in `files` (a list), or where `unmap` is false leaves it mapped. False if something stays mapped.
inline bool close_image(int64_t image, const char* files, bool unmap) {
  std::unique_ptr<Image> closed(pointer<Image>(image));
  delete_thread_keys(closed->libpython);
  return unmap && closed->table->free_memory() == 0 && unload_all(from_modified(files));
}

// How many interpreters have not ended: Python code may run in them.
inline std::atomic<int64_t>& open_interpreters() {
  static std::atomic<int64_t> count{0};
  return count;
}

inline int64_t new_interpreter(int64_t image, int64_t id, const char* executable, bool own_gil,
                               bool is_main) {
  auto hosted = std::make_unique<HostedInterpreter>();
  hosted->table = pointer<Image>(image)->table;
  std::string program = executable == nullptr ? "" : from_modified(executable);
  InterpreterConfig config = {static_cast<uint64_t>(id), own_gil, is_main,
                              executable == nullptr ? nullptr : program.c_str()};
  Failure failure{};
  hosted->interpreter = hosted->table->interpreter_new(&config, &failure);
  if (hosted->interpreter == nullptr) throw Failed(failure.message);
  ++open_interpreters();
  return address(hosted.release());
}

inline void end_interpreter(int64_t interpreter) {
  auto* hosted = pointer<HostedInterpreter>(interpreter);
  Failure failure{};
  if (hosted->table->interpreter_end(hosted->interpreter, &failure) != 0) {
    throw Failed(failure.message);
  }
  --open_interpreters();
  delete hosted;
}

inline void attach(int64_t interpreter) {
  auto* hosted = pointer<HostedInterpreter>(interpreter);
  hosted->table->attach(hosted->interpreter);
}

inline void detach(int64_t interpreter) {
  auto* hosted = pointer<HostedInterpreter>(interpreter);
  hosted->table->detach(hosted->interpreter);
}

inline int64_t invoke(int64_t interpreter, int64_t scratch, int64_t size, int64_t capacity) {
  auto* hosted = pointer<HostedInterpreter>(interpreter);
  return hosted->table->invoke(hosted->interpreter, pointer<uint8_t>(scratch),
                               static_cast<uint64_t>(size), static_cast<uint64_t>(capacity));
}

inline int64_t invoke_from_outside(int64_t interpreter, int64_t scratch, int64_t size,
                                   int64_t capacity) {
  auto* hosted = pointer<HostedInterpreter>(interpreter);
  return hosted->table->invoke_from_outside(hosted->interpreter, pointer<uint8_t>(scratch),
                                            static_cast<uint64_t>(size),
                                            static_cast<uint64_t>(capacity));
}

inline void drop_reply(int64_t interpreter, int64_t reply, int64_t size, int64_t adopted) {
  auto* hosted = pointer<HostedInterpreter>(interpreter);
  hosted->table->drop_reply(hosted->interpreter, pointer<const uint8_t>(reply),
                            static_cast<uint64_t>(size), static_cast<uint64_t>(adopted));
}

// Makes exit() leave out what was registered before with atexit, if interpreters are open by then:
// it would pull the ground from under threads that Python code still runs on. OpenSSL's cleanup is
// such a function.
inline void exit_at_once() {
  on_exit(
      [](int status, void*) {
        if (open_interpreters() > 0) _exit(status);
      },
      nullptr);
}

inline void release_reply(int64_t reply) { std::free(pointer<void>(reply)); }

}  // namespace ophion
