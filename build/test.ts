/** `npm test`: the checks and every suite, then one line with the counts over all of them. */
import { spawn, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfNeeded } from './build-if-needed.ts'
import { runChecks } from './checks.ts'
import { installBrowser } from './install-browser.ts'
import { root } from './sources.ts'
import { cannotInstall, installSystemPackages } from './system-packages.ts'
import { closingLines, isGreen, merge, readReport, reportPathVariable, type SuiteReport, withExitCode } from './test-report.ts'

const say = (line: string): void => console.log(line)
const reports = join(root, '.reports')

const suites: { name: string; script: string; args: string[] }[] = [
  { name: 'unit', script: 'node_modules/vitest/vitest.mjs', args: vitestArgs('unit') },
  { name: 'engine', script: 'node_modules/vitest/vitest.mjs', args: vitestArgs('engine') },
  { name: 'faults', script: 'node_modules/vitest/vitest.mjs', args: vitestArgs('faults') },
  { name: 'e2e', script: 'node_modules/@playwright/test/cli.js', args: playwrightArgs('browser') },
  { name: 'desktop', script: 'node_modules/@playwright/test/cli.js', args: playwrightArgs('desktop') },
]

/** On real Electron, or not at all. */
const electronOption = '--electron'
const chosen = process.argv.slice(2).filter((name) => name !== electronOption)
if (process.argv.includes(electronOption)) process.env.DESKTOP_RUNTIME = 'electron'
const unknown = chosen.find((name) => name !== 'check' && !suites.some((suite) => suite.name === name))
if (unknown === undefined) await testAll()
else {
  say(`'${unknown}' is not a suite; there are: check, ${suites.map(({ name }) => name).join(', ')}`)
  process.exitCode = 1
}

async function testAll(): Promise<void> {
  rmSync(reports, { recursive: true, force: true })
  const wanted = suites.filter(({ name }) => chosen.length === 0 || chosen.includes(name))
  const results: SuiteReport[] = []
  if (chosen.length === 0 || chosen.includes('check')) {
    headline('check')
    results.push(await runChecks(say))
  }
  if (wanted.some(({ name }) => name === 'e2e' || name === 'desktop') && installBrowser(say) === null) results.push(oneFailure('no browser to test with'))
  if (wanted.length > 0) {
    headline('build')
    results.push(buildIfNeeded() ? { passed: 1, failed: [], skipped: [] } : oneFailure('build'))
  }
  if (wanted.some(({ name }) => name === 'engine')) installStrace()
  for (const suite of wanted) {
    headline(suite.name)
    const report = join(reports, `${suite.name}.json`)
    const exitCode = await runSuite(join(root, suite.script), suite.args, report)
    results.push(withExitCode(readReport(report, suite.name), suite.name, exitCode))
  }
  const total = merge(results)
  headline('result')
  for (const line of closingLines(total)) say(line)
  process.exitCode = isGreen(total) ? 0 : 1
}

/** One test watches the order of syncs from outside; without the tool it is skipped and says so. */
function installStrace(): void {
  if (spawnSync('strace', ['-V']).status === 0 || cannotInstall() !== null) return
  say('Installing strace, with which the order of syncs is checked …')
  installSystemPackages('strace')
}

function vitestArgs(project: string): string[] {
  return ['run', '-c', '.vitest.config.ts', '--project', project, '--reporter=default', '--reporter=./build/vitest-report.ts']
}

function playwrightArgs(project: string): string[] {
  return ['test', '-c', '.playwright.config.ts', `--project=${project}`]
}

/** In a process group of its own, so that what a broken test leaves behind goes with it. */
function runSuite(script: string, args: string[], report: string): Promise<number | null> {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: process.platform !== 'win32',
    env: { ...process.env, [reportPathVariable]: report, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
  })
  const killGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL')
    } catch {
      // Nobody of it is left.
    }
  }
  const stop = (): void => {
    killGroup()
    process.exit(130)
  }
  const ends = ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const
  for (const end of ends) process.on(end, stop)
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      for (const end of ends) process.off(end, stop)
      killGroup()
      resolve(code)
    })
  })
}

function oneFailure(name: string): SuiteReport {
  return { passed: 0, failed: [name], skipped: [] }
}

function headline(name: string): void {
  say(`\n── ${name} ${'─'.repeat(60 - name.length)}`)
}
