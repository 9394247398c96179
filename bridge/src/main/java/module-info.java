/**
 * The runtime behind the API. Exports nothing: it is found through {@link java.util.ServiceLoader}.
 */
module dev.ophion.bridge {
  requires static org.jspecify;
  requires static info.picocli;
  requires dev.ophion;
  requires dev.ophion.natives;
  requires org.slf4j;

  provides dev.ophion.spi.PythonProvider with
      dev.ophion.bridge.runtime.HostedPythonProvider;
}
