/** Runnable samples. They compile against the API alone; the runtime is found when they run. */
module dev.ophion.samples {
  requires dev.ophion;
  requires jdk.management;
  requires static org.jspecify;
}
