// Loads libraries as images do, the n-th in slot n, and prints what file their memory comes from.
// "!<file>" removes a file in between, and "~<file>" puts a short one in its place.
#include <dlfcn.h>

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <string>

#include "host/sharing.h"

namespace {

constexpr int kConstants = 512 * 512;

std::string file_at(const void* address) {
  std::ifstream maps("/proc/self/maps");
  std::string line;
  while (std::getline(maps, line)) {
    uintptr_t start = 0;
    uintptr_t end = 0;
    std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR, &start, &end);
    auto wanted = reinterpret_cast<uintptr_t>(address);
    if (wanted >= start && wanted < end) return line.substr(line.rfind("-s") + 1);
  }
  return "?";
}

}  // namespace

int main(int count, char** arguments) {
  int slot = 0;
  for (int i = 1; i < count; i++) {
    std::string path = arguments[i];
    if (path[0] == '!' || path[0] == '~') {
      unlink(path.c_str() + 1);
      if (path[0] == '~') std::ofstream(path.substr(1)) << "short";
      continue;
    }
    ++slot;
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      std::printf("%s\n", dlerror());
      return 2;
    }
    ophion::text_sharing().begin(slot, path);
    ophion::text_sharing().share(slot);
    auto* constants = static_cast<const unsigned char*>(dlsym(library, "constants"));
    long sum = 0;
    for (int at = 0; at < kConstants; at++) sum += constants[at];
    auto* function = dlsym(library, "count");
    int counted = reinterpret_cast<int (*)()>(function)();
    std::printf("code %s, constants %s %s, sum %ld, count %d\n", file_at(function).c_str(),
                file_at(constants + 4096).c_str(), file_at(constants + kConstants / 2).c_str(), sum,
                counted);
  }
  return 0;
}
