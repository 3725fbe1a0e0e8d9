import { expect, test } from 'vitest'
import { helpText, parseArguments } from '../../../main/sandbox/arguments.ts'

test('the defaults, and every option', () => {
  expect(parseArguments([])).toEqual({ kind: 'run', port: 8787, dataDir: '.cache/sandbox', seed: 1 })
  expect(parseArguments(['--port', '0', '--data', '/tmp/x', '--seed=7', '--no-history'])).toEqual({ kind: 'run', port: 0, dataDir: '/tmp/x', seed: 7 })
  expect(parseArguments(['--help'])).toEqual({ kind: 'help' })
  for (const option of ['--port', '--data', '--seed', '--no-history']) expect(helpText).toContain(option)
})

test.each([['--port', 'x'], ['--port', '65536'], ['--port', '-1'], ['--seed', '1.5'], ['--data', ''], ['--prot', '1'], ['extra']])(
  'refuses %s %s in words',
  (...args) => {
    expect(parseArguments(args)).toMatchObject({ kind: 'wrong' })
  },
)

test('what comes later is refused, not taken for something else', () => {
  expect(parseArguments(['--traffic'])).toEqual({ kind: 'wrong', message: '--traffic is not available yet.' })
  expect(parseArguments(['--import=x.json'])).toEqual({ kind: 'wrong', message: '--import is not available yet.' })
})
