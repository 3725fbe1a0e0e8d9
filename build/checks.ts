import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './sources.ts'
import type { SuiteReport } from './test-report.ts'

/** Everything that is checked without running the product. */
const steps: { name: string; script: string; args: string[] }[] = [
  { name: 'format', script: 'node_modules/@biomejs/biome/bin/biome', args: ['format', '.'] },
  { name: 'lint', script: 'node_modules/@biomejs/biome/bin/biome', args: ['lint', '--error-on-warnings', '.'] },
  { name: 'import rules', script: 'build/import-rules.ts', args: [] },
  { name: 'papers', script: 'build/papers.ts', args: [] },
  { name: 'types', script: 'node_modules/typescript/bin/tsc', args: ['-p', '.'] },
  { name: 'unused code', script: 'node_modules/knip/bin/knip.js', args: ['-c', '.knip.json', '--no-progress'] },
  { name: 'generated files', script: 'build/generate.ts', args: ['--check'] },
  { name: 'openapi', script: 'build/openapi.ts', args: [] },
  { name: 'tests alone', script: 'build/tests-alone.ts', args: [] },
]

const mostOutputBytes = 64 * 1024 * 1024

/** Runs every step even after one has failed, with a line for each and the words of those that failed. */
export function runChecks(say: (line: string) => void): SuiteReport {
  const report: SuiteReport = { passed: 0, failed: [], skipped: [] }
  for (const { name, script, args } of steps) {
    const startedAt = performance.now()
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, encoding: 'utf8', maxBuffer: mostOutputBytes })
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    say(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)`)
    if (status === 0) {
      report.passed += 1
    } else {
      say(`${stdout ?? ''}${stderr ?? ''}`.trimEnd())
      report.failed.push(`check: ${name}`)
    }
  }
  return report
}
