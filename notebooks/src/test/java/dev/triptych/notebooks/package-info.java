/**
 * Do the notes of this folder run as they stand? {@link dev.triptych.notebooks.NotesIT} runs every
 * paragraph headless, in the Scala interpreter and with the context object that Zeppelin uses.
 */
@NullMarked
package dev.triptych.notebooks;

import org.jspecify.annotations.NullMarked;
