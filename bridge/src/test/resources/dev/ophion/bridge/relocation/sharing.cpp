// Code, constants and a variable, each of its own.
#define TIMES8(x) x, x, x, x, x, x, x, x
#define TIMES512(x) TIMES8(TIMES8(TIMES8(x)))

extern "C" const unsigned char constants[] = {TIMES8(TIMES8(TIMES8(TIMES512(7))))};

// As many pages of code as are worth a mapping.
asm(".text\n.skip 65536, 0x90\n");

extern "C" int count() {
  static int counted = 0;
  return ++counted;
}

asm(".text\n.skip 65536, 0x90\n");
