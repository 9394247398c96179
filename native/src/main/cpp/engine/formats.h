// What the formats of PEP 3118 say, as far as the engine must know it.
#pragma once

#include <string_view>

namespace ophion {

// The first part of a format that stands for an address: a Python object ("O"), a pointer ("P",
// "&", "z", "Z") or a function ("X"). 0 if there is none.
char address_in(std::string_view format);

}  // namespace ophion
