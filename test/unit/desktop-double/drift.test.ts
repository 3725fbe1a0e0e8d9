import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const typeFile = readFileSync(join(root, 'node_modules/electron/electron.d.ts'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'tidemark-drift-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Change = { change: string; from: string | RegExp; to: string; caughtIn: string }

/** What a later Electron could change, and the file of the stand-in that must stop being right. One change for each file in a round: a check takes seconds. */
const firstRound: Change[] = [
  { change: 'a method that is gone', from: /\brequestSingleInstanceLock\(/g, to: 'requestInstanceLock(', caughtIn: 'application.ts' },
  { change: 'another argument', from: /setProgressBar\(progress: number,/g, to: 'setProgressBar(progress: string,', caughtIn: 'browser-window.ts' },
  {
    change: 'another result',
    from: 'isAsyncEncryptionAvailable(): Promise<boolean>',
    to: 'isAsyncEncryptionAvailable(): Promise<string>',
    caughtIn: 'native/secrets.ts',
  },
  {
    change: 'a synchronous method that answers later',
    from: 'getAllDisplays(): Display[]',
    to: 'getAllDisplays(): Promise<Display[]>',
    caughtIn: 'native/screen.ts',
  },
  { change: 'another value', from: "'notifications' | ", to: "'notices' | ", caughtIn: 'session.ts' },
  { change: 'another argument of an event', from: /(interface RenderProcessGoneDetails \{.*?)exitCode: number;/s, to: '$1', caughtIn: 'contract.ts' },
  { change: 'a field of a structure', from: /\bframeName: string;/g, to: 'name: string;', caughtIn: 'web-contents.ts' },
  { change: 'a module that is gone', from: /const safeStorage: SafeStorage/g, to: 'const secretStorage: SafeStorage', caughtIn: 'electron.ts' },
]
const secondRound: Change[] = [
  { change: 'an event that is gone', from: /\(event: 'second-instance'/g, to: "(event: 'another-instance'", caughtIn: 'contract.ts' },
  { change: 'a method that is now a property', from: /\bisMinimized\(\): boolean/g, to: 'readonly isMinimized: boolean', caughtIn: 'browser-window.ts' },
]
const rounds = [firstRound, secondRound]

describe('the stand-in is held to Electron’s own type file', () => {
  test('as it is installed, nothing is wrong', () => {
    expect(typeErrors(typeFile)).toEqual([])
  }, 60_000)

  test.each(rounds)(
    'changes of it fail the type check where they matter: round %#',
    (...changes) => {
      let changed = typeFile
      for (const { change, from, to } of changes) {
        const next = changed.replace(from, to)
        expect(next, `${change}: there is something to change`).not.toBe(changed)
        changed = next
      }
      const errors = typeErrors(changed)
      const missed = changes.filter(({ caughtIn }) => !errors.some((error) => error.includes(`desktop-double/${caughtIn}(`)))
      expect(missed).toEqual([])
    },
    60_000,
  )
})

function typeErrors(electronTypes: string): string[] {
  const path = join(folder, 'electron.d.ts')
  writeFileSync(path, electronTypes)
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { paths: { electron: [path] }, typeRoots: [join(root, 'node_modules/@types')], types: ['node'] },
    files: ['contract.ts', 'boot.ts', 'electron.ts'].map((file) => join(root, 'test/desktop-double', file)),
    include: [],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const { stdout, stderr, status, signal, error } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '--pretty', 'false', '-p', folder],
    {
      encoding: 'utf8',
    },
  )
  // A compiler that did not run to its end finds nothing wrong either.
  if (status === null || (status !== 0 && stdout === '')) throw new Error(`tsc ended with ${status ?? signal ?? error?.message}: ${stderr}`)
  return stdout.split('\n').filter((line) => line.includes(': error TS'))
}
