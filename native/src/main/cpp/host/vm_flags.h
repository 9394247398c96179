// Values of HotSpot's flags, from the tables that its libjvm exports for debuggers. Asking its
// management beans for them would take longer than a start of this library.
#pragma once

#include <dlfcn.h>
#include <jni.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ophion {

class VmFlags {
 public:
  explicit VmFlags(JavaVM* vm) {
    Dl_info file{};
    if (dladdr(reinterpret_cast<void*>(vm->functions->GetEnv), &file) == 0) return;
    library_ = dlopen(file.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    if (library_ == nullptr) return;
    size_ = size_of_flag();
    table_ = static_field<const char*>("flags", nullptr);
    count_ = static_field<size_t>("numFlags", 0);
    name_ = field_offset("_name");
    value_ = field_offset("_addr");
  }
  ~VmFlags() {
    if (library_ != nullptr) dlclose(library_);
  }
  VmFlags(const VmFlags&) = delete;
  VmFlags& operator=(const VmFlags&) = delete;

  // The value of an intx flag, or what is given for a JVM that does not tell.
  size_t get(const char* flag, size_t otherwise) const {
    if (table_ == nullptr || size_ == 0 || name_ == kUnknown || value_ == kUnknown)
      return otherwise;
    for (size_t i = 0; i < count_; ++i) {
      const char* entry = table_ + i * size_;
      const char* name = at<const char*>(entry, name_);
      if (name == nullptr || std::strcmp(name, flag) != 0) continue;
      const auto* value = at<const intptr_t*>(entry, value_);
      return value == nullptr || *value < 0 ? otherwise : static_cast<size_t>(*value);
    }
    return otherwise;
  }

 private:
  static constexpr uint64_t kUnknown = UINT64_MAX;

  template <typename T>
  static T at(const char* entry, uint64_t offset) {
    T value;
    std::memcpy(&value, entry + offset, sizeof(value));
    return value;
  }

  template <typename T>
  T exported(const char* symbol, T otherwise) const {
    const auto* value = static_cast<const T*>(dlsym(library_, symbol));
    return value == nullptr ? otherwise : *value;
  }

  static bool is(const char* text, const char* expected) {
    return text != nullptr && std::strcmp(text, expected) == 0;
  }

  uint64_t size_of_flag() const {
    const char* entry = exported<const char*>("gHotSpotVMTypes", nullptr);
    auto stride = exported<uint64_t>("gHotSpotVMTypeEntryArrayStride", 0);
    auto name = exported("gHotSpotVMTypeEntryTypeNameOffset", kUnknown);
    auto size = exported("gHotSpotVMTypeEntrySizeOffset", kUnknown);
    if (entry == nullptr || stride == 0 || name == kUnknown || size == kUnknown) return 0;
    for (; at<const char*>(entry, name) != nullptr; entry += stride) {
      if (is(at<const char*>(entry, name), "JVMFlag")) return at<uint64_t>(entry, size);
    }
    return 0;
  }

  // The description of a field of JVMFlag; null if there is none.
  const char* description(const char* field) const {
    const char* entry = exported<const char*>("gHotSpotVMStructs", nullptr);
    auto stride = exported<uint64_t>("gHotSpotVMStructEntryArrayStride", 0);
    auto type = exported("gHotSpotVMStructEntryTypeNameOffset", kUnknown);
    auto name = exported("gHotSpotVMStructEntryFieldNameOffset", kUnknown);
    if (entry == nullptr || stride == 0 || type == kUnknown || name == kUnknown) return nullptr;
    for (; at<const char*>(entry, type) != nullptr; entry += stride) {
      if (is(at<const char*>(entry, type), "JVMFlag") && is(at<const char*>(entry, name), field)) {
        return entry;
      }
    }
    return nullptr;
  }

  uint64_t field_offset(const char* name) const {
    const char* entry = description(name);
    auto offset = exported("gHotSpotVMStructEntryOffsetOffset", kUnknown);
    return entry == nullptr || offset == kUnknown ? kUnknown : at<uint64_t>(entry, offset);
  }

  template <typename T>
  T static_field(const char* name, T otherwise) const {
    const char* entry = description(name);
    auto address = exported("gHotSpotVMStructEntryAddressOffset", kUnknown);
    if (entry == nullptr || address == kUnknown) return otherwise;
    const auto* value = at<const T*>(entry, address);
    return value == nullptr ? otherwise : *value;
  }

  void* library_ = nullptr;
  const char* table_ = nullptr;
  size_t count_ = 0;
  uint64_t size_ = 0;
  uint64_t name_ = kUnknown;
  uint64_t value_ = kUnknown;
};

}  // namespace ophion
