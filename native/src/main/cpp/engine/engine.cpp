// The table that the host sees.
#include "../abi.h"
#include "python.h"

namespace ophion {
namespace {

void release_reply(uint64_t address) { PyMem_RawFree(reinterpret_cast<void*>(address)); }

const EngineTable table = {
    kAbiVersion, sizeof(EngineTable), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
    nullptr,     nullptr,             release_reply,
};

}  // namespace
}  // namespace ophion

extern "C" __attribute__((visibility("default"))) const ophion::EngineTable* ophion_engine(
    const ophion::HostTable* host) {
  if (host->version != ophion::kAbiVersion) return nullptr;
  return &ophion::table;
}
