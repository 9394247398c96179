// Runs the script in argv[1] in every libpython among the other arguments, each in a thread.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

template <class Function>
Function find(void* library, const char* name) {
  void* symbol = dlsym(library, name);
  if (symbol == nullptr) {
    std::printf("%s\n", dlerror());
    std::exit(3);
  }
  return reinterpret_cast<Function>(symbol);
}

int run(void* library, const std::string& script) {
  find<void (*)(int)>(library, "Py_InitializeEx")(0);
  int failed = find<int (*)(const char*)>(library, "PyRun_SimpleString")(script.c_str());
  return failed | find<int (*)()>(library, "Py_FinalizeEx")();
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<void*> images;
  for (int i = 2; i < count; i++) {
    void* image = dlopen(arguments[i], RTLD_NOW | RTLD_LOCAL);
    if (image == nullptr) {
      std::printf("%s\n", dlerror());
      return 2;
    }
    std::printf("image %p %p\n", find<void*>(image, "Py_GetVersion"),
                find<void*>(image, "_PyRuntime"));
    images.push_back(image);
  }
  std::printf("global %s\n", dlsym(RTLD_DEFAULT, "Py_Initialize") == nullptr ? "none" : "one");
  std::fflush(stdout);
  std::vector<int> failed(images.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < images.size(); i++) {
    std::string script = "image = " + std::to_string(i + 1) + "\n" + arguments[1];
    threads.emplace_back([&, i, script] { failed[i] = run(images[i], script); });
  }
  int result = 0;
  for (std::size_t i = 0; i < images.size(); i++) {
    threads[i].join();
    result |= failed[i];
  }
  return result;
}
