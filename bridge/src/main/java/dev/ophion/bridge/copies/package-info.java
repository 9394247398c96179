/**
 * The copies of libpython and of compiled libraries that images load: made when they are first
 * asked for, kept in a folder, shared by later runs and by other processes. {@link
 * dev.ophion.bridge.copies.CopyCache} is the entry; {@link dev.ophion.bridge.copies.Slot} says for
 * which image a copy is, and {@link dev.ophion.bridge.copies.CopyRules} which libraries are copied
 * that would not have to be.
 *
 * <p>The name of a copy carries a hash of everything that it was made from: the path and the
 * content of its original, what it is made to depend on, and the same of every copy that it depends
 * on. So a copy is never changed, a package that is upgraded gets other copies, and two processes
 * that make one at once make the same.
 *
 * <p>The copies of different slots differ in the slot's number, which ends all of their names. The
 * shared slot's are made from the originals, those of any other slot from these, in a file or
 * wherever else an image wants to load them from.
 *
 * <p>Threading: {@code CopyCache} is thread-safe, across processes too. Calls for one slot follow
 * each other, calls for different slots run at the same time.
 */
@NullMarked
package dev.ophion.bridge.copies;

import org.jspecify.annotations.NullMarked;
