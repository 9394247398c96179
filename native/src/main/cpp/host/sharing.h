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

#include "memory_copies.h"
#include "text.h"

namespace ophion {

// A segment of a loaded library.
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
  std::vector<Segment> segments;  // that nobody writes to
  std::vector<Segment> others;
};

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
  LoadedCopy copy = {info.dlpi_name, info.dlpi_addr, {}, {}, {}};
  std::string_view name = copy.path;
  name.remove_prefix(name.rfind('/') + 1);
  // "<stem>-<hash>-s<slot>.so"
  copy.layout = name.substr(0, name.rfind('-', name.rfind('-') - 1));
  bool untouched = is_left_as_loaded(info);
  std::vector<const ElfW(Phdr)*> loads;
  for (size_t i = 0; i < info.dlpi_phnum; ++i) {
    if (info.dlpi_phdr[i].p_type == PT_LOAD) loads.push_back(&info.dlpi_phdr[i]);
  }
  uintptr_t mask = page_size() - 1;
  for (size_t i = 0; i < loads.size(); ++i) {
    const ElfW(Phdr)& load = *loads[i];
    // The last one was added by the relocator and is each copy's own.
    bool added = i + 1 == loads.size();
    if (!added) {
      for (uint64_t field : {uint64_t{load.p_vaddr}, uint64_t{load.p_memsz}}) {
        copy.layout.append(1, ' ').append(std::to_string(field));
      }
    }
    uintptr_t start = info.dlpi_addr + (load.p_vaddr & ~mask);
    uintptr_t end = (info.dlpi_addr + load.p_vaddr + load.p_filesz + mask) & ~mask;
    if (!added) {
      end = std::min(end, static_cast<uintptr_t>(info.dlpi_addr + (loads[i + 1]->p_vaddr & ~mask)));
    }
    if (start >= end) continue;
    bool constant = (load.p_flags & PF_R) != 0 && (load.p_flags & PF_W) == 0;
    bool equal = untouched && !added && constant && load.p_filesz == load.p_memsz;
    int protection = (load.p_flags & PF_X) == 0 ? PROT_READ : PROT_READ | PROT_EXEC;
    (equal ? copy.segments : copy.others)
        .push_back({start, end - start, static_cast<off_t>(load.p_offset & ~mask), protection});
  }
  return copy;
}

// Puts the pages of another copy's file in the place of equal ones. The memory itself is compared,
// so whatever the files have become, what is read or run there stays the same.
//
// Threads may run this code meanwhile: the kernel exchanges a mapping under its lock, and whoever
// meets the gap waits for that.
//
// Adds to `kept` what stays mapped from the copy's own file.
inline void share_segment(const Segment& segment, int file, FileRanges& kept) {
  // A piece of a segment costs a mapping, of which a process has some 65,000 (vm.max_map_count).
  constexpr size_t kFewestPages = 4;
  size_t fewest = kFewestPages * page_size();
  off_t end = segment.offset + static_cast<off_t>(segment.size);
  void* mapped = segment.size < fewest
                     ? MAP_FAILED
                     : mmap(nullptr, segment.size, PROT_READ, MAP_PRIVATE, file, segment.offset);
  if (mapped == MAP_FAILED) {
    kept.emplace_back(segment.offset, end);
    return;
  }
  off_t unshared = segment.offset;
  auto* other = static_cast<const char*>(mapped);
  auto* own = reinterpret_cast<char*>(segment.start);
  size_t page = page_size();
  size_t run = 0;
  for (size_t at = 0; at <= segment.size; at += page) {
    if (at < segment.size && std::memcmp(own + at, other + at, page) == 0) {
      run += page;
      continue;
    }
    off_t first = segment.offset + static_cast<off_t>(at - run);
    if (run >= fewest && mmap(own + at - run, run, segment.protection, MAP_PRIVATE | MAP_FIXED,
                              file, first) != MAP_FAILED) {
      if (unshared < first) kept.emplace_back(unshared, first);
      unshared = segment.offset + static_cast<off_t>(at);
    }
    run = 0;
  }
  if (unshared < end) kept.emplace_back(unshared, end);
  munmap(mapped, segment.size);
}

// Whose pages the copies of a library take: for copies in memory, those of the file that they were
// made from; for copies on disk, those of the first one that this process has loaded. That one's
// image may end, and its file may go; then the next copy takes its place.
//
// Thread-safe.
class TextSharing {
 public:
  // An image is opened, in a slot whose earlier image has been forgotten.
  void begin(int64_t slot, std::string_view libpython) {
    std::lock_guard<std::mutex> guard(lock_);
    SharingImage& image = images_[slot];
    if (image.made.count(std::string(libpython)) == 0) image.folder = folder_of(libpython);
  }

  // Nothing of the image will be loaded any more.
  void forget(int64_t slot) {
    std::lock_guard<std::mutex> guard(lock_);
    auto image = images_.find(slot);
    if (image == images_.end()) return;
    for (const auto& made : image->second.made) close_copy(made.second);
    images_.erase(image);
  }

  // Makes an empty file in memory for the image's copy of a library, and returns the path to write
  // to and to load it by, once. `base` is the file on disk that it will be a copy of.
  std::string make(int64_t slot, const std::string& base) {
    std::string_view name = base;
    int from = open(base.c_str(), O_RDONLY | O_CLOEXEC);
    // For whoever reads /proc/self/maps.
    std::string shown(name.substr(name.rfind('/') + 1, name.rfind('-') - name.rfind('/') - 1));
    int file = from < 0 ? -1 : new_memory_file((shown + ending(slot)).c_str());
    if (file < 0) {
      std::string reason = std::strerror(errno);
      if (from >= 0) close(from);
      throw Failed("there is no memory for a copy of " + base + ": " + reason);
    }
    std::string path = path_of(file);
    std::lock_guard<std::mutex> guard(lock_);
    SharingImage& image = images_[slot];
    image.folder = folder_of(name);
    image.made[path] = {file, from};
    return path;
  }

  // Whether a path that was made is still good for loading.
  bool has(int64_t slot, const char* path) {
    {
      std::lock_guard<std::mutex> guard(lock_);
      auto image = images_.find(slot);
      if (image != images_.end() && image->second.made.count(path) != 0) return true;
    }
    return is_loaded(path);
  }

  // Takes back a path that was never loaded.
  void drop(int64_t slot, const char* path) {
    std::lock_guard<std::mutex> guard(lock_);
    auto image = images_.find(slot);
    if (image == images_.end()) return;
    auto made = image->second.made.find(path);
    if (made == image->second.made.end()) return;
    close_copy(made->second);
    image->second.made.erase(made);
  }

  // Looks for copies that the image has loaded since the last time. On a thread of the image.
  void share(int64_t slot) {
    for (const LoadedCopy& copy : fresh(slot)) {
      // Nobody unmaps it meanwhile.
      void* held = dlopen(copy.path.c_str(), RTLD_NOW | RTLD_NOLOAD);
      if (held == nullptr) continue;
      MemoryCopy made = take(slot, copy.path);
      int file = made.base >= 0 ? made.base : open_first(copy);
      if (file >= 0) {
        FileRanges kept = share_all(copy, file);
        if (made.file >= 0) {
          keep_only(made.file, std::move(kept));
          close(made.file);
        }
        close(file);
      }
      dlclose(held);
    }
  }

 private:
  struct SharingImage {
    std::string folder;
    std::set<std::string> seen;
    std::map<std::string, MemoryCopy> made;  // by path, until they have been loaded
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
    const std::map<std::string, MemoryCopy>& made;
    std::vector<LoadedCopy> found;
  };

  static std::string folder_of(std::string_view file) {
    return std::string(file.substr(0, file.rfind('/') + 1));
  }

  static int visit(dl_phdr_info* info, size_t, void* data) {
    auto& search = *static_cast<Search*>(data);
    std::string_view name = info->dlpi_name;
    size_t suffix = search.suffix.size();
    bool of_disk = name.size() >= suffix + search.folder.size() &&
                   name.substr(name.size() - suffix) == search.suffix &&
                   name.substr(0, search.folder.size()) == search.folder;
    if (!of_disk && search.made.count(std::string(name)) == 0) return 0;
    std::string place = std::to_string(info->dlpi_addr).append(name);
    if (search.seen.insert(place).second) search.found.push_back(describe(*info));
    return 0;
  }

  std::vector<LoadedCopy> fresh(int64_t slot) {
    std::lock_guard<std::mutex> guard(lock_);
    auto image = images_.find(slot);
    if (image == images_.end()) return {};
    Search search = {
        image->second.folder, ending(slot), image->second.seen, image->second.made, {}};
    dl_iterate_phdr(visit, &search);
    return std::move(search.found);
  }

  // Takes the descriptors of a copy in memory that has been loaded.
  MemoryCopy take(int64_t slot, const std::string& path) {
    std::lock_guard<std::mutex> guard(lock_);
    auto image = images_.find(slot);
    if (image == images_.end()) return {-1, -1};
    auto made = image->second.made.find(path);
    if (made == image->second.made.end()) return {-1, -1};
    MemoryCopy copy = made->second;
    image->second.made.erase(made);
    return copy;
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

  // Returns what stays mapped from the copy's own file.
  static FileRanges share_all(const LoadedCopy& copy, int file) {
    struct stat status{};
    if (fstat(file, &status) != 0) status.st_size = 0;
    FileRanges kept;
    for (const Segment& segment : copy.segments) {
      off_t end = segment.offset + static_cast<off_t>(segment.size);
      // Reading what a file is too short for would end the process.
      if (end - static_cast<off_t>(page_size()) < status.st_size) {
        share_segment(segment, file, kept);
      } else {
        kept.emplace_back(segment.offset, end);
      }
    }
    for (const Segment& segment : copy.others) {
      add_unwritten(segment.start, segment.size, segment.offset, kept);
    }
    return kept;
  }

  // How the names of a slot's copies end.
  static std::string ending(int64_t slot) {
    constexpr size_t kDigits = 5;
    std::string number = std::to_string(slot);
    number.insert(0, number.size() < kDigits ? kDigits - number.size() : 0, '0');
    return "-s" + number + ".so";
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
