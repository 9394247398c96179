package dev.ophion;

/** How far an interpreter is apart from the others, and so what it can load. */
public enum Isolation {

  /**
   * A subinterpreter with its own GIL (PEP 684) in the libpython that all of them share. Starts
   * fastest and takes least memory. Extension modules have to declare that they support it; most
   * compiled packages do not and are refused with {@link PackageNotLoadableException}.
   */
  SUBINTERPRETER,

  /**
   * The main interpreter of a private copy of libpython, with private copies of the extension
   * modules that it imports: NumPy, pandas, PyTorch and nearly all other compiled packages work, in
   * any number of images at the same time. Linux only; elsewhere {@link
   * Python#newInterpreter(InterpreterOptions)} throws {@link StartException}.
   *
   * <p>An image that has imported compiled packages stays mapped when it is closed, since CPython
   * cannot unload them: keep such interpreters and use them again.
   */
  IMAGE
}
