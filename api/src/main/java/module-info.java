/**
 * What users of Ophion import. The runtime behind it is found through {@link
 * java.util.ServiceLoader}.
 */
module dev.ophion {
  requires static transitive org.jspecify;

  exports dev.ophion;
  exports dev.ophion.spi;

  uses dev.ophion.spi.PythonProvider;
}
