import { expect, test } from 'vitest'
import { helpText, parseArguments } from '../../../main/sandbox/arguments.ts'

const plain = { kind: 'run', history: true, traffic: false, importFile: null, importInto: 'Acme Cloud', previewOnly: false, selfHosted: false }

test('the defaults, and every option', () => {
  expect(parseArguments([])).toEqual({ ...plain, port: 8787, dataDir: '.cache/sandbox', seed: 1 })
  expect(
    parseArguments([
      '--port',
      '0',
      '--data',
      '/tmp/x',
      '--seed=7',
      '--no-history',
      '--traffic',
      '--import',
      'use.csv',
      '--into',
      'analytics',
      '--preview',
      '--self-hosted',
    ]),
  ).toEqual({
    kind: 'run',
    port: 0,
    dataDir: '/tmp/x',
    seed: 7,
    history: false,
    traffic: true,
    importFile: 'use.csv',
    importInto: 'analytics',
    previewOnly: true,
    selfHosted: true,
  })
  expect(parseArguments(['--help'])).toEqual({ kind: 'help' })
  for (const option of ['--port', '--data', '--seed', '--no-history', '--self-hosted', '--traffic', '--import', '--into', '--preview'])
    expect(helpText).toContain(option)
})

test.each([
  ['--port', 'x'],
  ['--port', '65536'],
  ['--port', '-1'],
  ['--seed', '1.5'],
  ['--data', ''],
  ['--prot', '1'],
  ['extra'],
  ['--import', ''],
  ['--into', 'truss'],
  ['--preview'],
])('refuses %s %s in words', (...args) => {
  expect(parseArguments(args)).toMatchObject({ kind: 'wrong' })
})
