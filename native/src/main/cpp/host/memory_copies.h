// Copies of libraries that are in memory only, so that an image writes nothing to disk: what the
// copies of a library have in common is on disk once.
#pragma once

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ophion {

inline size_t page_size() {
  static const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

// Pieces of a file: where each begins and ends.
using FileRanges = std::vector<std::pair<off_t, off_t>>;

// Owns the descriptors until the copy has been loaded.
struct MemoryCopy {
  int file;  // the copy
  int base;  // what it is made from, whose pages it takes where they are equal
};

inline void close_copy(const MemoryCopy& copy) {
  close(copy.file);
  close(copy.base);
}

inline int new_memory_file(const char* name) {
  constexpr unsigned kNoExecSeal = 0x8;  // MFD_NOEXEC_SEAL, for systems that demand it
  int file = memfd_create(name, MFD_CLOEXEC);
  return file >= 0 || errno != EACCES ? file : memfd_create(name, MFD_CLOEXEC | kNoExecSeal);
}

// The loader takes two libraries that were opened by one path for the same, and numbers of
// descriptors are used again: so each path is spelled in a way of its own, as the digits of a
// count. The library keeps that name when the descriptor has been closed.
//
// Each class loader of the JVM that uses Ophion has a host of its own, with a count of its own: the
// digits of where that is come first.
inline std::string path_of(int file) {
  constexpr int kDigitsOfPage = 36;
  static std::atomic<uint64_t> count{0};
  std::string path = "/proc/self/fd/";
  auto add = [&path](uint64_t digit) { path += digit == 1 ? "./" : "../fd/"; };
  uint64_t place = reinterpret_cast<uintptr_t>(&count) / page_size();
  for (int i = 0; i < kDigitsOfPage; ++i) add(place >> i & 1);
  for (uint64_t rest = ++count; rest != 0; rest >>= 1) add(rest & 1);
  return path + std::to_string(file);
}

// Unlike dlopen with RTLD_NOLOAD this opens no file: the descriptor in a path that is not loaded
// any more may be a pipe's by now, which the loader would wait for.
inline bool is_loaded(std::string_view path) {
  auto visit = [](dl_phdr_info* info, size_t, void* data) {
    return static_cast<int>(*static_cast<std::string_view*>(data) == info->dlpi_name);
  };
  return dl_iterate_phdr(visit, &path) != 0;
}

// Security modules may forbid to run code that is in no file.
inline bool can_load_from_memory() {
  static const bool can = [] {
    int file = new_memory_file("ophion");
    if (file < 0) return false;
    void* code = MAP_FAILED;
    if (ftruncate(file, static_cast<off_t>(page_size())) == 0) {
      code = mmap(nullptr, page_size(), PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
    }
    close(file);
    if (code == MAP_FAILED) return false;
    munmap(code, page_size());
    return true;
  }();
  return can;
}

// Adds the pages of a mapping that are still those of its file: not the ones that were written to,
// which are this process's own since.
inline void add_unwritten(uintptr_t start, size_t size, off_t offset, FileRanges& ranges) {
  constexpr uint64_t kPresent = uint64_t{1} << 63;
  constexpr uint64_t kSwapped = uint64_t{1} << 62;
  constexpr uint64_t kOfFile = uint64_t{1} << 61;
  size_t page = page_size();
  std::vector<uint64_t> entries(size / page, 0);
  int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (pagemap >= 0) {
    size_t bytes = entries.size() * sizeof(uint64_t);
    auto at = static_cast<off_t>(start / page * sizeof(uint64_t));
    if (pread(pagemap, entries.data(), bytes, at) != static_cast<ssize_t>(bytes)) {
      std::fill(entries.begin(), entries.end(), uint64_t{0});
    }
    close(pagemap);
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    bool written = (entries[i] & (kPresent | kSwapped)) != 0 && (entries[i] & kOfFile) == 0;
    off_t from = offset + static_cast<off_t>(i * page);
    if (!written) ranges.emplace_back(from, from + static_cast<off_t>(page));
  }
}

// Gives the memory of a copy back but for what is mapped from it.
inline void keep_only(int file, FileRanges ranges) {
  struct stat status{};
  if (fstat(file, &status) != 0) return;
  std::sort(ranges.begin(), ranges.end());
  ranges.emplace_back(status.st_size, status.st_size);
  off_t done = 0;
  for (const auto& [start, end] : ranges) {
    if (start > done) {
      // Where this fails, it only takes more memory.
      static_cast<void>(
          fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, done, start - done));
    }
    done = std::max(done, end);
  }
}

}  // namespace ophion
