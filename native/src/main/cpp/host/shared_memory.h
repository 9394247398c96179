// Memory that belongs to no interpreter: mapped here, lent by Java, unmapped by whoever drops the
// last lease. Functions throw Failed with the system's reason.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "text.h"

namespace ophion {

// dev.ophion.natives.Host has the same numbers.
enum MemoryKind : int32_t { kNamedMemory = 0, kFileMemory = 1, kMemfdMemory = 2 };

[[noreturn]] inline void throw_system_error(const char* call, int code) {
  // The number too: the text is in the language of the process's locale.
  throw Failed(std::string(call) + ": errno " + std::to_string(code) + " (" + std::strerror(code) +
               ")");
}

// Opens what can be mapped; the caller closes the descriptor. `create` refuses what exists already.
inline int32_t open_memory(int32_t kind, const char* modified_name, bool create, bool writable) {
  std::string text = from_modified(modified_name);
  const char* name = text.c_str();
  int flags = O_CLOEXEC | (writable ? O_RDWR : O_RDONLY) | (create ? O_CREAT | O_EXCL : 0);
  const char* call = kind == kNamedMemory ? "shm_open" : "open";
  int file;
  if (kind == kMemfdMemory) {
    call = "memfd_create";
    file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  } else if (kind == kNamedMemory) {
    file = shm_open(name, flags, S_IRUSR | S_IWUSR);
  } else {
    // Or a pipe would be waited for. What cannot be mapped is refused later.
    file = open(name, flags | O_NONBLOCK, S_IRUSR | S_IWUSR);
  }
  if (file < 0) throw_system_error(call, errno);
  return file;
}

// Gives the file this size, if it is smaller, and its blocks: a write to memory for which the file
// system has no room raises SIGBUS, which ends the process.
inline void reserve_memory(int32_t file, int64_t size) {
  int code;
  do {
    code = posix_fallocate(file, 0, size);
  } while (code == EINTR);
  if (code != 0) throw_system_error("posix_fallocate", code);
}

// Keeps a memfd at its size for good, whoever has it.
inline void seal_memory(int32_t file) {
  if (fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    throw_system_error("F_ADD_SEALS", errno);
  }
}

inline int64_t memory_size(int32_t file) {
  struct stat status{};
  if (fstat(file, &status) != 0) throw_system_error("fstat", errno);
  return status.st_size;
}

// Maps a file shared, or for -1 memory of this process alone.
inline int64_t map_memory(int32_t file, int64_t size, bool writable) {
  int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  int flags = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  void* memory = mmap(nullptr, static_cast<size_t>(size), protection, flags, file, 0);
  if (memory == MAP_FAILED) throw_system_error("mmap", errno);
  return static_cast<int64_t>(reinterpret_cast<uintptr_t>(memory));
}

inline void unmap_memory(int64_t address, int64_t size) {
  void* memory = reinterpret_cast<void*>(static_cast<uintptr_t>(address));
  if (munmap(memory, static_cast<size_t>(size)) != 0) throw_system_error("munmap", errno);
}

inline void close_memory(int32_t file) { close(file); }

// False if there was no such name.
inline bool unlink_memory(const char* name) {
  if (shm_unlink(from_modified(name).c_str()) == 0) return true;
  if (errno != ENOENT) throw_system_error("shm_unlink", errno);
  return false;
}

}  // namespace ophion
