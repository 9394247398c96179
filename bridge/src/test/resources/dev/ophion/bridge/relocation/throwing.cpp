// Throws and catches, with variables behind the data that the file holds.
#include <cstring>

namespace {
char variables[16384];
}

extern "C" int caught(int value) {
  std::memset(variables, value, sizeof(variables));
  try {
    throw value;
  } catch (int thrown) {
    return thrown + variables[0];
  }
}
