// Calls the library's function and prints its result.
#include <dlfcn.h>

#include <cstdio>

int main(int, char** arguments) {
  void* library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::printf("%s\n", dlerror());
    return 2;
  }
  std::printf("%d\n", reinterpret_cast<int (*)(int)>(dlsym(library, "caught"))(21));
  return 0;
}
