#include "memory.h"

#include <dlfcn.h>

#include <cstddef>
#include <cstdlib>
#include <mutex>
#include <unordered_map>

#include "python.h"

namespace __gnu_cxx {
void __freeres();  // libstdc++ has it for leak checkers and declares it in no header
}

// Of the stable ABI, and in no header since 3.13.
extern "C" void Py_SetPath(const wchar_t* path);

namespace ophion {
namespace {

std::mutex lock;  // raw memory is allocated without a GIL, and subinterpreters have their own

PyObjectArenaAllocator mapping;

// Not destroyed at the process's exit, beside which Python code may still run.
auto& arenas = *new std::unordered_map<void*, size_t>();

void* allocate_arena(void*, size_t size) {
  void* arena = mapping.alloc(mapping.ctx, size);
  if (arena == nullptr) return nullptr;
  try {
    std::lock_guard<std::mutex> guard(lock);
    arenas.emplace(arena, size);
  } catch (const std::bad_alloc&) {
    mapping.free(mapping.ctx, arena, size);
    return nullptr;
  }
  return arena;
}

void free_arena(void*, void* arena, size_t size) {
  {
    std::lock_guard<std::mutex> guard(lock);
    arenas.erase(arena);
  }
  mapping.free(mapping.ctx, arena, size);
}

// Stands before each block of malloc, in a ring.
struct alignas(std::max_align_t) Header {
  Header* previous;
  Header* next;
};

Header ring = {&ring, &ring};

void* enter(void* memory) {
  if (memory == nullptr) return nullptr;
  auto* header = static_cast<Header*>(memory);
  std::lock_guard<std::mutex> guard(lock);
  header->next = &ring;
  header->previous = ring.previous;
  header->previous->next = header;
  ring.previous = header;
  return header + 1;
}

Header* leave(void* block) {
  Header* header = static_cast<Header*>(block) - 1;
  std::lock_guard<std::mutex> guard(lock);
  header->previous->next = header->next;
  header->next->previous = header->previous;
  return header;
}

bool is_too_large(size_t size) { return size > PY_SSIZE_T_MAX - sizeof(Header); }

void* allocate(void*, size_t size) {
  return is_too_large(size) ? nullptr : enter(std::malloc(sizeof(Header) + size));
}

void* allocate_zeroed(void*, size_t count, size_t size) {
  if (size != 0 && count > PY_SSIZE_T_MAX / size) return nullptr;
  size_t bytes = count * size;
  return is_too_large(bytes) ? nullptr : enter(std::calloc(1, sizeof(Header) + bytes));
}

void* reallocate(void*, void* block, size_t size) {
  if (block == nullptr) return allocate(nullptr, size);
  if (is_too_large(size)) return nullptr;
  Header* header = leave(block);
  void* moved = std::realloc(header, sizeof(Header) + size);
  if (moved != nullptr) return enter(moved);
  enter(header);
  return nullptr;
}

void release(void*, void* block) {
  if (block != nullptr) std::free(leave(block));
}

const void* library_of(void (*function)()) {
  Dl_info library{};
  bool found = dladdr(reinterpret_cast<void*>(function), &library) != 0;
  return found ? library.dli_fbase : nullptr;
}

// libstdc++ keeps 71 KiB for exceptions in want of memory. A static one has them in each copy of
// the engine and leaves them behind when it is unmapped; a shared one's are the process's.
void free_exception_pool() {
  if (library_of(__gnu_cxx::__freeres) == library_of(free_exception_pool)) __gnu_cxx::__freeres();
}

}  // namespace

void track_memory() {
  PyObject_GetArenaAllocator(&mapping);
  PyObjectArenaAllocator tracked_arenas = {nullptr, allocate_arena, free_arena};
  PyObject_SetArenaAllocator(&tracked_arenas);
  PyMemAllocatorEx tracked = {nullptr, allocate, allocate_zeroed, reallocate, release};
  PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &tracked);
}

void free_memory() {
  // Paths that Py_FinalizeEx keeps for a next start, in memory of CPython's default allocator.
  Py_SetPath(nullptr);
  std::lock_guard<std::mutex> guard(lock);
  for (const auto& [arena, size] : arenas) mapping.free(mapping.ctx, arena, size);
  delete &arenas;  // the engine is unmapped next
  while (ring.next != &ring) {
    Header* header = ring.next;
    ring.next = header->next;
    std::free(header);
  }
  ring.previous = &ring;
  free_exception_pool();
}

}  // namespace ophion
