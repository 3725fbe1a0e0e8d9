import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { closingLines, isGreen, merge, readReport, type SuiteReport, withExitCode } from '../../../build/test-report.ts'

const green: SuiteReport = { passed: 3, failed: [], skipped: [{ name: 'a > b', reason: 'needs Windows' }] }
const red: SuiteReport = { passed: 1, failed: ['c > d'], skipped: [] }

test('the last line counts over all suites, the lines before it name what failed and why something was skipped', () => {
  expect(closingLines(merge([green, red]))).toEqual(['failed: c > d', 'skipped: a > b: needs Windows', '4 passed, 1 failed, 1 skipped'])
})

test('green is: something passed and nothing failed', () => {
  expect(isGreen(green)).toBe(true)
  expect(isGreen(merge([green, red]))).toBe(false)
  expect(isGreen({ passed: 0, failed: [], skipped: green.skipped })).toBe(false)
})

test('a suite without a readable report has failed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-report-'))
  const path = join(folder, 'unit.json')
  expect(readReport(path, 'unit').failed).toEqual(['unit ended without a report'])
  writeFileSync(path, '{"passed":')
  expect(readReport(path, 'unit').failed).toEqual(['unit ended without a report'])
  writeFileSync(path, JSON.stringify(green))
  expect(readReport(path, 'unit')).toEqual(green)
  rmSync(folder, { recursive: true })
})

test('a suite whose runner failed is red even if each test passed, and counted once', () => {
  expect(withExitCode(green, 'e2e', 1).failed).toEqual(['e2e ended with code 1'])
  expect(withExitCode(green, 'e2e', null).failed).toEqual(['e2e ended with code none'])
  expect(withExitCode(red, 'e2e', 1)).toEqual(red)
  expect(withExitCode(green, 'e2e', 0)).toEqual(green)
})
