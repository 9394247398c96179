// What has to be done before a copy of libpython and its modules can be unmapped.
#pragma once

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>

#include <string>
#include <string_view>

#include "memory_copies.h"
#include "text.h"

namespace ophion {

inline const void* base_of(const void* address) {
  Dl_info file{};
  return dladdr(address, &file) == 0 ? nullptr : file.dli_fbase;
}

// Every libpython brings a mimalloc, whose constructor registers a destructor for threads with
// pthread_key_create and never takes it back: the thread would end in unmapped code, and a process
// has only PTHREAD_KEYS_MAX keys. The value for the thread that loaded it lies within libpython.
inline void delete_thread_keys(void* libpython) {
  const void* base = base_of(dlsym(libpython, "Py_Initialize"));
  for (pthread_key_t key = 0; key < PTHREAD_KEYS_MAX; ++key) {
    const void* value = pthread_getspecific(key);
    if (value == nullptr || base_of(value) != base) continue;
    pthread_setspecific(key, nullptr);
    pthread_key_delete(key);
  }
}

// CPython's own text for this is "memory allocation failed".
inline void require_thread_keys() {
  constexpr size_t kForImage = 4;  // mimalloc's, thread states', tracemalloc's, OpenSSL's
  pthread_key_t keys[kForImage];
  size_t made = 0;
  while (made < kForImage && pthread_key_create(&keys[made], nullptr) == 0) ++made;
  for (size_t i = 0; i < made; ++i) pthread_key_delete(keys[i]);
  if (made == kForImage) return;
  throw Failed("this process has used up its " + std::to_string(PTHREAD_KEYS_MAX) +
               " keys for values of threads (PTHREAD_KEYS_MAX), of which each image takes " +
               std::to_string(kForImage) +
               ", and images that stay mapped keep those of their modules: "
               "close interpreters, or use several JVMs");
}

// The distribution links OpenSSL statically into its modules. It runs a destructor at the end of
// every thread that has used it, and opens its own library once more to keep that mapped.
inline void end_openssl(void* library) {
  using Cleanup = void (*)();
  auto cleanup = reinterpret_cast<Cleanup>(dlsym(library, "OPENSSL_cleanup"));
  if (cleanup == nullptr) return;
  for (const char* module : {"PyInit__ssl", "PyInit__hashlib"}) {
    const void* start = dlsym(library, module);
    // dlsym looks into dependencies too, and a system's OpenSSL is not ours to end.
    if (start != nullptr && base_of(start) == base_of(reinterpret_cast<void*>(cleanup))) cleanup();
  }
}

// Closes whatever handles there are on a library of the distribution; false if it stays mapped.
inline bool unload(const std::string& path) {
  // ctypes opens one for each CDLL object. A library that asks for RTLD_NODELETE never goes.
  constexpr int kMostHandles = 100'000;
  for (int i = 0; i < kMostHandles; ++i) {
    void* library = is_loaded(path) ? dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD) : nullptr;
    if (library == nullptr) return true;
    if (i == 0) end_openssl(library);
    dlclose(library);
    dlclose(library);
  }
  return false;
}

// Unmaps the libraries in a list; false if one of them stays mapped.
inline bool unload_all(std::string_view files) {
  bool gone = true;
  while (!files.empty()) {
    size_t end = files.find('\n');
    gone &= unload(std::string(files.substr(0, end)));
    files.remove_prefix(end + 1);
  }
  return gone;
}

}  // namespace ophion
