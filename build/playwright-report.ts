import type { FullResult, Reporter, Suite, TestCase, TestError } from '@playwright/test/reporter'
import { type SuiteReport, writeReport } from './test-report.ts'

/** Leaves the counts, the names of what failed and the reasons of what was skipped for `npm test`. */
export default class PlaywrightReport implements Reporter {
  #suite: Suite | null = null
  readonly #errors: string[] = []

  onBegin(_config: unknown, suite: Suite): void {
    this.#suite = suite
  }

  onError(error: TestError): void {
    this.#errors.push(`outside a test: ${error.message?.split('\n', 1)[0] ?? 'an error'}`)
  }

  onEnd(_result: FullResult): void {
    const report: SuiteReport = { passed: 0, failed: [...this.#errors], skipped: [] }
    for (const test of this.#suite?.allTests() ?? []) {
      const name = test.titlePath().filter(Boolean).join(' > ')
      const outcome = test.outcome()
      if (outcome === 'skipped') report.skipped.push({ name, reason: reasonOf(test) })
      else if (outcome === 'expected') report.passed += 1
      else report.failed.push(outcome === 'flaky' ? `${name} (passed only when repeated)` : name)
    }
    writeReport(report)
  }

  printsToStdio(): boolean {
    return false
  }
}

function reasonOf(test: TestCase): string {
  const marks = [...test.annotations, ...test.results.flatMap((result) => result.annotations)]
  return marks.find(({ type, description }) => ['skip', 'fixme'].includes(type) && description !== undefined)?.description ?? 'no reason given'
}
