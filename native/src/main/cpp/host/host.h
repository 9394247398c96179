// What Java calls: opens images. Addresses cross as long.
#pragma once

#include <dlfcn.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "../abi.h"

namespace ophion {

struct Image {
  void* libpython;
  void* engine;
  const EngineTable* table;
};

inline void* open_library(const char* path, int flags) {
  void* library = dlopen(path, RTLD_NOW | flags);
  if (library == nullptr) throw std::runtime_error(std::string("dlopen: ") + dlerror());
  return library;
}

inline int64_t open_image(const char* libpython, const char* engine, bool global) {
  static const HostTable host = {kAbiVersion, sizeof(HostTable), nullptr, nullptr, nullptr};
  auto image = std::make_unique<Image>();
  image->libpython = open_library(libpython, global ? RTLD_GLOBAL : RTLD_LOCAL);
  image->engine = open_library(engine, RTLD_LOCAL);
  auto entry = reinterpret_cast<EngineEntry>(dlsym(image->engine, kEngineEntryName));
  image->table = entry == nullptr ? nullptr : entry(&host);
  if (image->table == nullptr || image->table->version != kAbiVersion) {
    throw std::runtime_error(std::string(engine) + " is of another version of Ophion");
  }
  return static_cast<int64_t>(reinterpret_cast<uintptr_t>(image.release()));
}

}  // namespace ophion
