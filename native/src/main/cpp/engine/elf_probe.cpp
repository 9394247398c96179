#include "elf_probe.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace ophion {
namespace {

class MappedFile {
 public:
  explicit MappedFile(const char* path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    struct stat status{};
    if (fstat(fd, &status) == 0 && status.st_size > 0) {
      size_ = static_cast<uint64_t>(status.st_size);
      data_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
      if (data_ == MAP_FAILED) data_ = nullptr;
    }
    close(fd);
  }
  ~MappedFile() {
    if (data_ != nullptr) munmap(data_, size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  // The bytes at [offset, offset + size), or null if the file ends before.
  const uint8_t* at(uint64_t offset, uint64_t size) const {
    if (data_ == nullptr || offset > size_ || size > size_ - offset) return nullptr;
    return static_cast<const uint8_t*>(data_) + offset;
  }

  template <typename T>
  bool read(uint64_t offset, T& value) const {
    const uint8_t* source = at(offset, sizeof(T));
    if (source == nullptr) return false;
    std::memcpy(&value, source, sizeof(T));
    return true;
  }

 private:
  void* data_ = nullptr;
  uint64_t size_ = 0;
};

class ElfFile {
 public:
  explicit ElfFile(const MappedFile& file) : file_(file) {
    valid_ = file_.read(0, header_) && std::memcmp(header_.e_ident, ELFMAG, SELFMAG) == 0 &&
             header_.e_ident[EI_CLASS] == ELFCLASS64 && header_.e_ident[EI_DATA] == ELFDATA2LSB &&
             header_.e_phentsize == sizeof(Elf64_Phdr);
  }

  bool valid() const { return valid_; }

  template <typename Visit>
  void each_segment(Visit visit) const {
    for (uint64_t i = 0; i < header_.e_phnum; ++i) {
      Elf64_Phdr segment;
      if (!file_.read(header_.e_phoff + i * sizeof(Elf64_Phdr), segment)) return;
      visit(segment);
    }
  }

  bool refers_to(std::string_view symbol) const {
    uint64_t table = 0;
    uint64_t size = 0;
    each_segment([&](const Elf64_Phdr& segment) {
      if (segment.p_type != PT_DYNAMIC) return;
      for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= segment.p_filesz; at += sizeof(Elf64_Dyn)) {
        Elf64_Dyn entry;
        if (!file_.read(segment.p_offset + at, entry) || entry.d_tag == DT_NULL) return;
        if (entry.d_tag == DT_STRTAB) table = entry.d_un.d_ptr;
        if (entry.d_tag == DT_STRSZ) size = entry.d_un.d_val;
      }
    });
    const uint8_t* strings = file_.at(file_offset(table), size);
    if (strings == nullptr || size == 0) return false;
    std::string_view text(reinterpret_cast<const char*>(strings), size);
    // A string table starts with a zero byte, so every whole name has one on each side.
    std::string wanted = std::string(1, '\0') + std::string(symbol) + '\0';
    return text.find(wanted) != std::string_view::npos;
  }

  // A PyModuleDef_Slot is {int slot; void* value}; the one looked for holds no address, so the
  // file's data has it as two plain words. A chance match only leaves the verdict to CPython.
  bool has_slot(uint64_t slot, uint64_t value) const {
    bool found = false;
    each_segment([&](const Elf64_Phdr& segment) {
      if (found || segment.p_type != PT_LOAD || (segment.p_flags & PF_W) == 0) return;
      const uint8_t* data = file_.at(segment.p_offset, segment.p_filesz);
      if (data == nullptr) return;
      uint64_t start = (8 - segment.p_vaddr % 8) % 8;
      for (uint64_t at = start; at + 16 <= segment.p_filesz; at += 8) {
        uint64_t words[2];
        std::memcpy(words, data + at, sizeof(words));
        if (words[0] == slot && words[1] == value) {
          found = true;
          return;
        }
      }
    });
    return found;
  }

 private:
  uint64_t file_offset(uint64_t address) const {
    uint64_t offset = UINT64_MAX;
    each_segment([&](const Elf64_Phdr& segment) {
      if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
          address - segment.p_vaddr < segment.p_filesz) {
        offset = address - segment.p_vaddr + segment.p_offset;
      }
    });
    return offset;
  }

  const MappedFile& file_;
  Elf64_Ehdr header_{};
  bool valid_ = false;
};

constexpr uint64_t kMultipleInterpretersSlot = 3;  // Py_mod_multiple_interpreters
constexpr uint64_t kPerInterpreterGil = 2;         // Py_MOD_PER_INTERPRETER_GIL_SUPPORTED

}  // namespace

ExtensionSupport extension_support(const char* path) {
  MappedFile file(path);
  ElfFile elf(file);
  if (!elf.valid()) return ExtensionSupport::kUnknown;
  if (!elf.refers_to("PyModuleDef_Init")) return ExtensionSupport::kSinglePhase;
  return elf.has_slot(kMultipleInterpretersSlot, kPerInterpreterGil)
             ? ExtensionSupport::kOwnGil
             : ExtensionSupport::kMultiPhase;
}

}  // namespace ophion
