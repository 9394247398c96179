// g++ makes the variable of a template STB_GNU_UNIQUE: one in the process, whoever loads it.
template <class T>
struct Holder {
  static int value;
};

template <class T>
int Holder<T>::value = 0;

extern "C" int* address() { return &Holder<int>::value; }
