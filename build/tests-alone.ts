/**
 * A clone has nothing beside it, while the checkout that we work in has. `node build/tests-alone.ts` runs the tests that look outside the
 * repository once more in a copy of the tree with nothing beside it: there they pass, or skip by name and with a reason. It finds them by itself.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { importsOf, resolveRelative } from './imports.ts'
import { readReport, reportPathVariable, type SuiteReport } from './test-report.ts'

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path)
const isSpec = (path: string): boolean => /\.spec\.ts$/.test(path)

/** The tests and specs that name a place outside the repository, by themselves or through what they import. Paths from the root. */
export function testsThatLookOutside(sources: ReadonlyMap<string, string>): string[] {
  const found = new Set([...sources].filter(([path, source]) => climbsOut(path, source)).map(([path]) => path))
  // A set is walked to its end, also to what is added on the way.
  for (const target of found) {
    const name = basename(target)
    // Who imports a file names it; to parse all of them would take seconds.
    for (const [path, source] of sources) if (!found.has(path) && source.includes(name) && isImported(target, path, source)) found.add(path)
  }
  return [...found].filter((path) => isTest(path) || isSpec(path)).sort()
}

function isImported(target: string, importer: string, source: string): boolean {
  return importsOf(importer, source).some(({ specifier }) => specifier !== null && resolveRelative(importer, specifier) === target)
}

/** Whether a path that is written down leads further up than the root: from the file, or from a constant `root`; in one piece or in several. */
function climbsOut(path: string, source: string): boolean {
  const depth = path.split('/').length - 1
  const climbs = [...source.matchAll(/(?:['"`]|dirname\}\/)((?:\.\.(?:\/|(?=['"`])))+)/g), ...source.matchAll(/dirname((?:,\s*['"]\.\.['"])+)/g)]
  return climbs.some(([, climb = '']) => (climb.match(/\.\./g) ?? []).length > depth) || /\broot(?:,\s*['"]|\}\/)\.\.(?=[/'"`])|dirname\(root\)/.test(source)
}

/** Runs what `testsThatLookOutside` finds under `root` in a copy of the tree; a test that is skipped without a reason has failed. */
export function runTestsAlone(root: string): SuiteReport {
  const paths = globSync('test/**/*.{ts,tsx,mjs}', { cwd: root, exclude: (path) => path.endsWith('node_modules') }).map((path) => path.replaceAll('\\', '/'))
  const found = testsThatLookOutside(new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])))
  const report: SuiteReport = {
    passed: 0,
    failed: found.filter(isSpec).map((path) => `${path} looks outside the repository, which a spec never does`),
    skipped: [],
  }
  const tests = found.filter(isTest)
  if (tests.length === 0) return report
  // Real, for a system's temporary folder may be a link: the tests would see other paths than vitest.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-alone-')))
  try {
    const alone = runIn(copyTree(root, join(folder, 'repository')), tests, join(folder, 'report.json'))
    const withoutReason = alone.skipped.filter(({ reason }) => reason === 'no reason given').map(({ name }) => `${name} is skipped without a reason`)
    return { passed: alone.passed, failed: [...report.failed, ...alone.failed, ...withoutReason], skipped: alone.skipped }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a clone would have, with changes that are not committed yet. */
function copyTree(root: string, target: string): string {
  const { status, stdout, stderr } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The files of the repository cannot be listed: ${stderr}`)
  for (const path of new Set(stdout.split('\0'))) {
    if (path === '' || lstatSync(join(root, path), { throwIfNoEntry: false }) === undefined) continue
    mkdirSync(dirname(join(target, path)), { recursive: true })
    cpSync(join(root, path), join(target, path))
  }
  symlinkSync(realpathSync(join(root, 'node_modules')), join(target, 'node_modules'), 'junction')
  return target
}

function runIn(folder: string, tests: string[], reportPath: string): SuiteReport {
  const args = ['run', '-c', '.vitest.config.ts', '--reporter=default', '--reporter=./build/vitest-report.ts', ...tests]
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, [reportPathVariable]: reportPath },
  })
  const report = readReport(reportPath, 'the run in the copy')
  if (status !== 0 && report.failed.length === 0) report.failed.push(`the run in the copy ended with code ${status ?? 'none'}`)
  // Files that the runner did not take at all (no project knows them) would pass by not being there.
  if (report.passed + report.failed.length + report.skipped.length === 0) report.failed.push('the run in the copy ran nothing')
  if (report.failed.length > 0) console.error(`${stdout}${stderr}`.trimEnd())
  return report
}

if (import.meta.main) {
  const { passed, failed, skipped } = runTestsAlone(process.cwd())
  for (const name of failed) console.error(`failed: ${name}`)
  for (const { name, reason } of skipped) console.log(`skipped there: ${name}: ${reason}`)
  console.log(`With nothing beside the tree ${passed} tests pass, ${failed.length} fail, ${skipped.length} are skipped`)
  process.exitCode = failed.length === 0 ? 0 : 1
}
