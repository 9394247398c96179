/**
 * The models sample: {@link dev.ophion.samples.models.DelayModels} lets several private images fit
 * models of real flights' delays with NumPy, pandas and scikit-learn, over columns in Java's direct
 * memory. Everything here is immutable or used by the main thread alone.
 */
@NullMarked
package dev.ophion.samples.models;

import org.jspecify.annotations.NullMarked;
