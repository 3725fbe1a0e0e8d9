import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'
import { type SuiteReport, writeReport } from './test-report.ts'

/** Leaves the counts, the names of what failed and the reasons of what was skipped for `npm test`. */
export default class VitestReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly { message: string }[]): void {
    const report: SuiteReport = { passed: 0, failed: [], skipped: [] }
    for (const module of modules) {
      const file = relative(process.cwd(), module.moduleId)
      for (const test of module.children.allTests()) {
        const result = test.result()
        const name = `${file} > ${test.fullName}`
        if (result.state === 'passed') report.passed += 1
        else if (result.state === 'skipped') report.skipped.push({ name, reason: result.note ?? 'no reason given' })
        else report.failed.push(name)
      }
      // A file that cannot be loaded has no tests that could fail.
      if (module.errors().length > 0) report.failed.push(`${file} (the file itself)`)
    }
    for (const error of unhandledErrors) report.failed.push(`outside a test: ${error.message}`)
    writeReport(report)
  }
}
