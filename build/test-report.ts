import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** What one suite (the checks, vitest, Playwright) says at its end. */
export type SuiteReport = {
  passed: number
  /** Names of what failed; something that failed outside a test counts as one. */
  failed: string[]
  skipped: { name: string; reason: string }[]
}

/** Where a reporter leaves its report: the runner tells it by this variable. */
export const reportPathVariable = 'TIDEMARK_TEST_REPORT'

export function writeReport(report: SuiteReport): void {
  const path = process.env[reportPathVariable]
  // A suite that a person runs by hand needs no file.
  if (path === undefined) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(report))
}

/** A suite that ended without a report has failed: it crashed, or never began. */
export function readReport(path: string, suite: string): SuiteReport {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SuiteReport
  } catch {
    return { passed: 0, failed: [`${suite} ended without a report`], skipped: [] }
  }
}

/** A runner that failed although each test passed (a process that would not end, say) must not look green. */
export function withExitCode(report: SuiteReport, suite: string, exitCode: number | null): SuiteReport {
  return exitCode !== 0 && report.failed.length === 0 ? { ...report, failed: [`${suite} ended with code ${exitCode ?? 'none'}`] } : report
}

export function merge(reports: readonly SuiteReport[]): SuiteReport {
  return {
    passed: reports.reduce((sum, report) => sum + report.passed, 0),
    failed: reports.flatMap((report) => report.failed),
    skipped: reports.flatMap((report) => report.skipped),
  }
}

/** The last lines: what failed, what was skipped and why, then the counts alone on a line. */
export function closingLines(report: SuiteReport): string[] {
  return [
    ...report.failed.map((name) => `failed: ${name}`),
    ...report.skipped.map(({ name, reason }) => `skipped: ${name}: ${reason}`),
    `${report.passed} passed, ${report.failed.length} failed, ${report.skipped.length} skipped`,
  ]
}

/** Nothing run is not a success. */
export function isGreen(report: SuiteReport): boolean {
  return report.failed.length === 0 && report.passed > 0
}
