#include "formats.h"

namespace ophion {
namespace {

// Behind the closing mark of what begins at `at`, or the end.
size_t behind(std::string_view format, size_t at, char mark) {
  size_t close = format.find(mark, at + 1);
  return close == std::string_view::npos ? format.size() : close + 1;
}

// "Zd" is a complex number and "Z" alone ctypes' wchar_t*.
bool is_complex(std::string_view format, size_t at) {
  return at + 1 < format.size() &&
         std::string_view("fdg").find(format[at + 1]) != std::string_view::npos;
}

}  // namespace

char address_in(std::string_view format) {
  size_t at = 0;
  while (at < format.size()) {
    char letter = format[at];
    switch (letter) {
      case ':':  // a field's name
        at = behind(format, at, ':');
        continue;
      case '[':  // a date's unit
        at = behind(format, at, ']');
        continue;
      case 'Z':
        if (!is_complex(format, at)) return letter;
        break;
      case 'O':
      case 'P':
      case '&':
      case 'z':
      case 'X':
        return letter;
      default:
        break;
    }
    ++at;
  }
  return 0;
}

}  // namespace ophion
