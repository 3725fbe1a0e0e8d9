import { describe, expect, it } from 'vitest'
import { auditLines } from '../../../main/engine/billing/audit.ts'

const own = { storedEnvelopes: 10, storedBytes: 1000, syncOperations: 5, subKeys: 1, unansweredEnvelopes: 0, unansweredPushes: 0 }
const platform = { storedEnvelopes: 10, storedBytes: 1000, syncOperations: 5, subKeys: 1 }
const verdicts = (lines: ReturnType<typeof auditLines>): string[] => lines.map(({ verdict }) => verdict)
const operations = (lines: ReturnType<typeof auditLines>) => lines.find(({ meter }) => meter === 'sync_operations')

describe('the server-blind audit', () => {
  it('agrees where both count the same, and knows nothing before the platform has told', () => {
    expect(verdicts(auditLines(own, platform))).toEqual(['agrees', 'agrees', 'agrees', 'agrees'])
    expect(verdicts(auditLines(own, { storedEnvelopes: null, storedBytes: null, syncOperations: null, subKeys: null }))).toEqual(Array(4).fill('unknown'))
  })

  it('shows a drift with its size and direction', () => {
    expect(auditLines(own, { ...platform, storedBytes: 1200 })[1]).toMatchObject({
      verdict: 'drift',
      explanation: 'The platform counts 200 more than this device.',
    })
    expect(auditLines(own, { ...platform, storedEnvelopes: 9 })[0]).toMatchObject({
      verdict: 'drift',
      explanation: 'The platform counts 1 fewer than this device.',
    })
  })

  it('waits with a verdict while envelopes are on their way', () => {
    expect(verdicts(auditLines({ ...own, unansweredEnvelopes: 2 }, { ...platform, storedEnvelopes: 12, storedBytes: 1200 }))).toEqual([
      'unknown',
      'unknown',
      'agrees',
      'agrees',
    ])
  })

  it('lets operations differ by the pushes whose answers were lost, and by no more', () => {
    const doubtful = { ...own, unansweredPushes: 2 }
    expect(operations(auditLines(doubtful, { ...platform, syncOperations: 7 }))).toMatchObject({
      verdict: 'agrees',
      explanation: expect.stringContaining('The answers to 2 pushes were lost'),
    })
    expect(operations(auditLines(doubtful, { ...platform, syncOperations: 3 }))?.verdict).toBe('agrees')
    expect(operations(auditLines(doubtful, { ...platform, syncOperations: 8 }))?.verdict).toBe('drift')
    expect(operations(auditLines(doubtful, { ...platform, syncOperations: 2 }))?.verdict).toBe('drift')
    // Envelopes and bytes are known exactly: each was told to be stored, or to be there already.
    expect(auditLines(doubtful, { ...platform, storedEnvelopes: 11 })[0]?.verdict).toBe('drift')
  })
})

describe('a count of another moment, and of another history', () => {
  it('compares nothing with what the platform told last', () => {
    const lines = auditLines(own, { ...platform, storedEnvelopes: 1 }, { isOfNow: false, wentBackInPeriod: false })
    expect(verdicts(lines)).toEqual(Array(4).fill('unknown'))
    expect(lines[0]?.explanation).toContain('cannot be asked now')
  })

  it('says why operations are fewer after the platform went back, and of nothing else', () => {
    const moment = { isOfNow: true, wentBackInPeriod: true }
    const lines = auditLines(own, { ...platform, syncOperations: 0, storedEnvelopes: 1 }, moment)
    expect(lines[2]).toMatchObject({ verdict: 'drift', explanation: expect.stringContaining('went back to an earlier state') })
    expect(lines[0]).toMatchObject({ verdict: 'drift', explanation: expect.not.stringContaining('went back') })
  })
})
