// Answering what a loaded library asks of another.
#pragma once

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string_view>

namespace ophion {

// The entries of a loaded library through which it calls others. Its dynamic section holds
// addresses by then, as glibc leaves it on this platform.
class Imports {
 public:
  explicit Imports(void* library) {
    link_map* map = nullptr;
    if (dlinfo(library, RTLD_DI_LINKMAP, &map) == 0) look(*map);
  }

  // Those of the library that an address lies in.
  static Imports around(const void* address) {
    Imports imports;
    Dl_info file{};
    void* map = nullptr;
    if (dladdr1(address, &file, &map, RTLD_DL_LINKMAP) != 0 && map != nullptr) {
      imports.look(*static_cast<link_map*>(map));
    }
    return imports;
  }

  // Has calls of a function go elsewhere; without effect on a library that does not call it.
  void replace(std::string_view function, void* replacement) const {
    replace_in(jumps_, jumps_size_, function, replacement);
    replace_in(relocations_, relocations_size_, function, replacement);
  }

 private:
  Imports() = default;

  void look(const link_map& map) {
    base_ = map.l_addr;
    for (const ElfW(Dyn)* entry = map.l_ld; entry->d_tag != DT_NULL; ++entry) note(*entry);
  }

  void note(const ElfW(Dyn) & entry) {
    if (entry.d_tag == DT_SYMTAB) symbols_ = reinterpret_cast<ElfW(Sym)*>(entry.d_un.d_ptr);
    if (entry.d_tag == DT_STRTAB) names_ = reinterpret_cast<char*>(entry.d_un.d_ptr);
    if (entry.d_tag == DT_JMPREL) jumps_ = reinterpret_cast<ElfW(Rela)*>(entry.d_un.d_ptr);
    if (entry.d_tag == DT_PLTRELSZ) jumps_size_ = entry.d_un.d_val;
    if (entry.d_tag == DT_RELA) relocations_ = reinterpret_cast<ElfW(Rela)*>(entry.d_un.d_ptr);
    if (entry.d_tag == DT_RELASZ) relocations_size_ = entry.d_un.d_val;
  }

  void replace_in(const ElfW(Rela) * table, size_t bytes, std::string_view function,
                  void* replacement) const {
    if (table == nullptr || symbols_ == nullptr || names_ == nullptr) return;
    for (size_t i = 0; i < bytes / sizeof(*table); ++i) {
      auto type = ELF64_R_TYPE(table[i].r_info);
      if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) continue;
      if (names_ + symbols_[ELF64_R_SYM(table[i].r_info)].st_name != function) continue;
      write(reinterpret_cast<void**>(base_ + table[i].r_offset), replacement);
    }
  }

  // The entry may lie in pages that are read-only since they were filled (-z relro). They are left
  // writable: another thread may be filling an entry beside this one.
  static void write(void** entry, void* value) {
    auto size = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    uintptr_t page = reinterpret_cast<uintptr_t>(entry) & ~(size - 1);
    if (mprotect(reinterpret_cast<void*>(page), size, PROT_READ | PROT_WRITE) != 0) return;
    __atomic_store_n(entry, value, __ATOMIC_RELEASE);
  }

  ElfW(Addr) base_ = 0;
  const ElfW(Sym) * symbols_ = nullptr;
  const char* names_ = nullptr;
  const ElfW(Rela) * jumps_ = nullptr;
  size_t jumps_size_ = 0;
  const ElfW(Rela) * relocations_ = nullptr;
  size_t relocations_size_ = 0;
};

}  // namespace ophion
