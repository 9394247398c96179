// Prints the address that each of the libraries gives for what it takes for its own variable.
#include <dlfcn.h>

#include <cstdio>

int main(int count, char** arguments) {
  for (int i = 1; i < count; i++) {
    void* library = dlopen(arguments[i], RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      std::printf("%s\n", dlerror());
      return 2;
    }
    auto address = reinterpret_cast<int* (*)()>(dlsym(library, "address"));
    std::printf("%p\n", static_cast<void*>(address()));
  }
  return 0;
}
