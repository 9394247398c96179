// Between UTF-8, which files and Python know, and JNI's modified UTF-8, which has each half of a
// surrogate pair on its own and no zero byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ophion {

// The bytes of the character that begins with this one; 0 if none does.
inline size_t length_of_utf8(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

// The character at the start of `text`, which is `length` bytes long.
inline uint32_t decode_utf8(std::string_view text, size_t length) {
  auto character = static_cast<uint32_t>(static_cast<unsigned char>(text[0]));
  if (length > 1) character &= 0x7Fu >> length;
  for (size_t i = 1; i < length; ++i) {
    character = character << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  return character;
}

inline void append_three(std::string& target, uint32_t character) {
  target += static_cast<char>(0xE0 | character >> 12);
  target += static_cast<char>(0x80 | (character >> 6 & 0x3F));
  target += static_cast<char>(0x80 | (character & 0x3F));
}

inline bool is_whole(std::string_view text, size_t length) {
  if (length == 0 || length > text.size()) return false;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0u) != 0x80) return false;
  }
  return true;
}

// For NewStringUTF, which reads on behind what is no character: that becomes a question mark.
inline std::string to_modified(std::string_view utf8) {
  std::string modified;
  while (!utf8.empty()) {
    size_t length = length_of_utf8(static_cast<unsigned char>(utf8[0]));
    if (!is_whole(utf8, length)) {
      modified += '?';
      length = 1;
    } else if (length == 4) {
      uint32_t pair = decode_utf8(utf8, length) - 0x10000;
      append_three(modified, 0xD800 | (pair >> 10 & 0x3FF));
      append_three(modified, 0xDC00 | (pair & 0x3FF));
    } else {
      modified.append(utf8.substr(0, length));
    }
    utf8.remove_prefix(length);
  }
  return modified;
}

// The half of a surrogate pair at the start of `text`, or 0.
inline uint32_t surrogate_at(std::string_view text) {
  if (text.size() < 3 || static_cast<unsigned char>(text[0]) != 0xED) return 0;
  uint32_t character = decode_utf8(text, 3);
  return character >= 0xD800 && character < 0xE000 ? character : 0;
}

// Of what JNI gives. Half a pair becomes U+FFFD. Java's zero character keeps its two bytes, which
// no file's name holds, so that it cuts nothing off.
inline std::string from_modified(std::string_view modified) {
  std::string text;
  while (!modified.empty()) {
    uint32_t high = surrogate_at(modified);
    if (high == 0) {
      text += modified[0];
      modified.remove_prefix(1);
      continue;
    }
    modified.remove_prefix(3);
    uint32_t low = high < 0xDC00 ? surrogate_at(modified) : 0;
    if (low < 0xDC00) {
      append_three(text, 0xFFFD);
      continue;
    }
    modified.remove_prefix(3);
    uint32_t character = 0x10000 + ((high & 0x3FF) << 10 | (low & 0x3FF));
    text += static_cast<char>(0xF0 | character >> 18);
    text += static_cast<char>(0x80 | (character >> 12 & 0x3F));
    text += static_cast<char>(0x80 | (character >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (character & 0x3F));
  }
  return text;
}

// What becomes a RuntimeException of Java.
struct Failed : std::runtime_error {
  explicit Failed(std::string_view reason) : std::runtime_error(to_modified(reason)) {}
};

}  // namespace ophion
