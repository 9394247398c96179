/**
 * Changed copies of ELF files: what lets one process hold several CPythons. {@link
 * dev.ophion.bridge.relocation.ElfFile} tells which files have to be copied, a {@link
 * dev.ophion.bridge.relocation.Relocation} says what a copy has to be called and to depend on, and
 * {@link dev.ophion.bridge.relocation.Relocator} writes it.
 *
 * <p>Everything here is stateless or immutable and so thread-safe. Files are read with bounds
 * checked at every step, as they come from wherever packages come from: a file that is not what it
 * claims to be gives an {@link dev.ophion.bridge.relocation.ElfException} and no copy.
 */
@NullMarked
package dev.ophion.bridge.relocation;

import org.jspecify.annotations.NullMarked;
