import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { root } from './sources.ts'
import type { SuiteReport } from './test-report.ts'

type Step = { name: string; script: string; args: string[] }

/** Everything that is checked without running the product; what takes longest begins first. */
const steps: readonly Step[] = [
  { name: 'types', script: 'node_modules/typescript/bin/tsc', args: ['-p', '.'] },
  { name: 'format', script: 'node_modules/@biomejs/biome/bin/biome', args: ['format', '.'] },
  { name: 'lint', script: 'node_modules/@biomejs/biome/bin/biome', args: ['lint', '--error-on-warnings', '.'] },
  { name: 'import rules', script: 'build/import-rules.ts', args: [] },
  { name: 'papers', script: 'build/papers.ts', args: [] },
  { name: 'unused code', script: 'node_modules/knip/bin/knip.js', args: ['-c', '.knip.json', '--no-progress'] },
  { name: 'generated files', script: 'build/generate.ts', args: ['--check'] },
  { name: 'openapi', script: 'build/openapi.ts', args: [] },
  { name: 'tests alone', script: 'build/tests-alone.ts', args: [] },
]

const mostOutputBytes = 64 * 1024 * 1024
/** Most of them use one core. */
const atOnce = 2

/** Runs every step even after one has failed, with a line for each and the words of those that failed. */
export async function runChecks(say: (line: string) => void): Promise<SuiteReport> {
  const report: SuiteReport = { passed: 0, failed: [], skipped: [] }
  const waiting = [...steps]
  async function takeNext(): Promise<void> {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const startedAt = performance.now()
      const { hasPassed, output } = await run(step)
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      say(`${hasPassed ? '✓' : '✗'} ${step.name} (${seconds} s)`)
      if (hasPassed) report.passed += 1
      else {
        say(output.trimEnd())
        report.failed.push(`check: ${step.name}`)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, takeNext))
  return report
}

function run({ script, args }: Step): Promise<{ hasPassed: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, script), ...args], { cwd: root, encoding: 'utf8', maxBuffer: mostOutputBytes }, (error, stdout, stderr) =>
      // A step that could not even begin has said nothing by itself.
      resolve({ hasPassed: error === null, output: `${stdout}${stderr}` || String(error?.message) }),
    )
  })
}
