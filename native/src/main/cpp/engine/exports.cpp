#include "exports.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstdint>

#include "python.h"

namespace ophion {
namespace {

// The dynamic section holds addresses that the loader has relocated already.
class Exports {
 public:
  explicit Exports(const link_map& library) : base_(library.l_addr) {
    for (const ElfW(Dyn)* entry = library.l_ld; entry->d_tag != DT_NULL; ++entry) {
      auto* target = reinterpret_cast<const void*>(entry->d_un.d_ptr);
      if (entry->d_tag == DT_SYMTAB) symbols_ = static_cast<const ElfW(Sym)*>(target);
      if (entry->d_tag == DT_STRTAB) names_ = static_cast<const char*>(target);
      if (entry->d_tag == DT_GNU_HASH) hash_ = static_cast<const uint32_t*>(target);
    }
  }

  void each(RegisterSymbol register_symbol) const {
    if (symbols_ == nullptr || names_ == nullptr || hash_ == nullptr) return;
    uint32_t end = count();
    for (uint32_t i = hash_[1]; i < end; ++i) {
      const ElfW(Sym)& symbol = symbols_[i];
      auto type = ELF64_ST_TYPE(symbol.st_info);
      if (symbol.st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_OBJECT)) continue;
      register_symbol(names_ + symbol.st_name, reinterpret_cast<void*>(base_ + symbol.st_value));
    }
  }

 private:
  // The table of symbols has no length; the last chain of the GNU hash table ends where it ends.
  uint32_t count() const {
    uint32_t buckets = hash_[0];
    uint32_t first = hash_[1];
    uint32_t bloom_words = hash_[2];
    const uint32_t* bucket = reinterpret_cast<const uint32_t*>(
        reinterpret_cast<const uint64_t*>(hash_ + 4) + bloom_words);
    const uint32_t* chain = bucket + buckets;
    uint32_t last = *std::max_element(bucket, bucket + buckets);
    if (last < first) return first;
    while ((chain[last - first] & 1) == 0) ++last;
    return last + 1;
  }

  ElfW(Addr) base_;
  const ElfW(Sym) * symbols_ = nullptr;
  const char* names_ = nullptr;
  const uint32_t* hash_ = nullptr;
};

}  // namespace

void each_export(RegisterSymbol register_symbol) {
  Dl_info place{};
  link_map* library = nullptr;
  int found = dladdr1(reinterpret_cast<void*>(&Py_Initialize), &place,
                      reinterpret_cast<void**>(&library), RTLD_DL_LINKMAP);
  if (found != 0 && library != nullptr) Exports(*library).each(register_symbol);
}

}  // namespace ophion
