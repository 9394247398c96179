// One set of pages for what the copies of a library have in common: their code and constants.
#pragma once

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ophion {

// A read-only segment of a loaded library.
struct Segment {
  uintptr_t start;  // all on page boundaries
  size_t size;
  off_t offset;
  int protection;
};

// A copy in memory. `layout` is equal for all copies of one file, and rarely for those of others.
struct LoadedCopy {
  std::string path;
  uintptr_t base;
  std::string layout;
  std::vector<Segment> segments;
};

inline size_t page_size() {
  static const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

// Not where the loader has written into a read-only segment (DT_TEXTREL).
inline bool is_left_as_loaded(const dl_phdr_info& info) {
  for (size_t i = 0; i < info.dlpi_phnum; ++i) {
    if (info.dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    auto* entry = reinterpret_cast<const ElfW(Dyn)*>(info.dlpi_addr + info.dlpi_phdr[i].p_vaddr);
    for (; entry->d_tag != DT_NULL; ++entry) {
      bool relocated = entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0;
      if (relocated || entry->d_tag == DT_TEXTREL) return false;
    }
  }
  return true;
}

inline LoadedCopy describe(const dl_phdr_info& info) {
  LoadedCopy copy = {info.dlpi_name, info.dlpi_addr, {}, {}};
  std::string_view name = copy.path;
  name.remove_prefix(name.rfind('/') + 1);
  // "<stem>-<hash>-s<slot>.so"
  copy.layout = name.substr(0, name.rfind('-', name.rfind('-') - 1));
  if (!is_left_as_loaded(info)) return copy;
  std::vector<const ElfW(Phdr)*> loads;
  for (size_t i = 0; i < info.dlpi_phnum; ++i) {
    if (info.dlpi_phdr[i].p_type == PT_LOAD) loads.push_back(&info.dlpi_phdr[i]);
  }
  uintptr_t mask = page_size() - 1;
  // The last one was added by the relocator and is each copy's own.
  for (size_t i = 0; i + 1 < loads.size(); ++i) {
    const ElfW(Phdr)& load = *loads[i];
    for (uint64_t field : {uint64_t{load.p_vaddr}, uint64_t{load.p_memsz}}) {
      copy.layout.append(1, ' ').append(std::to_string(field));
    }
    bool constant = (load.p_flags & PF_R) != 0 && (load.p_flags & PF_W) == 0;
    if (!constant || load.p_filesz != load.p_memsz) continue;
    uintptr_t start = info.dlpi_addr + (load.p_vaddr & ~mask);
    uintptr_t end = (info.dlpi_addr + load.p_vaddr + load.p_memsz + mask) & ~mask;
    end = std::min(end, static_cast<uintptr_t>(info.dlpi_addr + (loads[i + 1]->p_vaddr & ~mask)));
    int protection = (load.p_flags & PF_X) == 0 ? PROT_READ : PROT_READ | PROT_EXEC;
    if (start >= end) continue;
    copy.segments.push_back(
        {start, end - start, static_cast<off_t>(load.p_offset & ~mask), protection});
  }
  return copy;
}

// Puts the pages of another copy's file in the place of equal ones. The memory itself is compared,
// so whatever the files have become, what is read or run there stays the same.
//
// Threads may run this code meanwhile: the kernel exchanges a mapping under its lock, and whoever
// meets the gap waits for that.
inline void share_segment(const Segment& segment, int file) {
  // A piece of a segment costs a mapping, of which a process has some 65,000 (vm.max_map_count).
  constexpr size_t kFewestPages = 4;
  size_t fewest = kFewestPages * page_size();
  if (segment.size < fewest) return;
  void* mapped = mmap(nullptr, segment.size, PROT_READ, MAP_PRIVATE, file, segment.offset);
  if (mapped == MAP_FAILED) return;
  auto* other = static_cast<const char*>(mapped);
  auto* own = reinterpret_cast<char*>(segment.start);
  size_t page = page_size();
  size_t run = 0;
  for (size_t at = 0; at <= segment.size; at += page) {
    if (at < segment.size && std::memcmp(own + at, other + at, page) == 0) {
      run += page;
      continue;
    }
    if (run >= fewest) {
      mmap(own + at - run, run, segment.protection, MAP_PRIVATE | MAP_FIXED, file,
           segment.offset + static_cast<off_t>(at - run));
    }
    run = 0;
  }
  munmap(mapped, segment.size);
}

// Remembers for each library the first copy that this process has loaded, whose pages the later
// ones take. That copy's image may end, and its file may go; then the next copy takes its place.
//
// Thread-safe.
class TextSharing {
 public:
  // An image is opened, in a slot whose earlier image has been unmapped.
  void begin(int64_t slot, std::string_view libpython) {
    std::lock_guard<std::mutex> guard(lock_);
    images_[slot] = {std::string(libpython.substr(0, libpython.rfind('/') + 1)), {}};
  }

  // Looks for copies that the image has loaded since the last time. On a thread of the image.
  void share(int64_t slot) {
    for (const LoadedCopy& copy : fresh(slot)) {
      // Nobody unmaps it meanwhile.
      void* held = dlopen(copy.path.c_str(), RTLD_NOW | RTLD_NOLOAD);
      if (held == nullptr) continue;
      int file = open_first(copy);
      if (file >= 0) {
        share_all(copy, file);
        close(file);
      }
      dlclose(held);
    }
  }

 private:
  struct SharingImage {
    std::string folder;
    std::set<std::string> seen;
  };

  struct First {
    std::string path;
    dev_t device;
    ino_t inode;
  };

  struct Search {
    std::string_view folder;
    std::string suffix;
    std::set<std::string>& seen;
    std::vector<LoadedCopy> found;
  };

  static int visit(dl_phdr_info* info, size_t, void* data) {
    auto& search = *static_cast<Search*>(data);
    std::string_view name = info->dlpi_name;
    size_t suffix = search.suffix.size();
    if (name.size() < suffix + search.folder.size() ||
        name.substr(name.size() - suffix) != search.suffix ||
        name.substr(0, search.folder.size()) != search.folder) {
      return 0;
    }
    std::string place = std::to_string(info->dlpi_addr).append(name);
    if (search.seen.insert(place).second) search.found.push_back(describe(*info));
    return 0;
  }

  std::vector<LoadedCopy> fresh(int64_t slot) {
    std::lock_guard<std::mutex> guard(lock_);
    auto image = images_.find(slot);
    if (image == images_.end()) return {};
    Search search = {
        image->second.folder, "-s" + std::to_string(slot) + ".so", image->second.seen, {}};
    dl_iterate_phdr(visit, &search);
    return std::move(search.found);
  }

  // Opens the file whose pages to take; -1 if the copy is the first of its library.
  int open_first(const LoadedCopy& copy) {
    std::lock_guard<std::mutex> guard(lock_);
    struct stat status{};
    auto first = first_.find(copy.layout);
    if (first != first_.end() && first->second.path != copy.path) {
      int file = open(first->second.path.c_str(), O_RDONLY | O_CLOEXEC);
      if (file >= 0 && fstat(file, &status) == 0 && status.st_dev == first->second.device &&
          status.st_ino == first->second.inode) {
        return file;
      }
      if (file >= 0) close(file);
    }
    if (stat(copy.path.c_str(), &status) == 0) {
      first_[copy.layout] = {copy.path, status.st_dev, status.st_ino};
    }
    return -1;
  }

  static void share_all(const LoadedCopy& copy, int file) {
    struct stat status{};
    if (fstat(file, &status) != 0) return;
    for (const Segment& segment : copy.segments) {
      // Reading what a file is too short for would end the process.
      off_t last = segment.offset + static_cast<off_t>(segment.size - page_size());
      if (last < status.st_size) share_segment(segment, file);
    }
  }

  std::mutex lock_;
  std::map<int64_t, SharingImage> images_;
  std::map<std::string, First> first_;
};

inline TextSharing& text_sharing() {
  static auto& sharing = *new TextSharing();  // images may end beside the process's exit
  return sharing;
}

}  // namespace ophion
