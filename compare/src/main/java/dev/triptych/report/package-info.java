/**
 * What happened in the runs, for machines ({@code runs.json}, {@code trace.csv}) and for people
 * ({@code report.html})? Start reading at {@link dev.triptych.report.ReportFiles}; the schema is
 * {@link dev.triptych.report.RunsFile}, the words are {@link dev.triptych.report.Verdict}. Nothing
 * here knows Spark or how a mode trains.
 */
@NullMarked
package dev.triptych.report;

import org.jspecify.annotations.NullMarked;
