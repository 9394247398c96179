/** The C++ engine and host, and the class that declares the host's functions. */
module dev.ophion.natives {
  requires static org.jspecify;
  // It generates the glue from annotations; nothing of it runs.
  requires static org.bytedeco.javacpp;

  exports dev.ophion.natives to
      dev.ophion.bridge;

  opens dev.ophion.natives to
      org.bytedeco.javacpp;
}
