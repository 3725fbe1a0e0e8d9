import { describe, expect, it } from 'vitest'
import { clockWords, connectionWords } from '../../../../../renderer/base/texts/connection.ts'
import type { Connection } from '../../../../../shared/contract/console.ts'

const now = Date.UTC(2026, 10, 21, 12, 0)
const online: Connection = { state: 'online', detail: null, asOf: now - 60_000, isAgeUnknown: false, live: 'stream', clockOffsetMs: 0, retryAt: null }
const nothing = { pending: 0, held: 0, rejected: 0 }

describe('connectionWords', () => {
  it('tells being told from asking', () => {
    expect(connectionWords(online, nothing, now).short).toBe('Online · live')
    expect(connectionWords({ ...online, live: 'polling' }, nothing, now).short).toBe('Online · checking')
  })
  it('says what still works when there is no network: what is saved, and how old the data is', () => {
    const { sentence } = connectionWords({ ...online, state: 'offline', live: 'off' }, { pending: 1, held: 1, rejected: 1 }, now)
    expect(sentence).toMatch(/^Offline\. 3 writes saved on this computer\. Data from .+\.$/)
  })
  it('counts one edit in the singular and does not claim an age that it does not know', () => {
    const { sentence } = connectionWords({ ...online, state: 'offline', asOf: null }, { ...nothing, pending: 1 }, now)
    expect(sentence).toBe('Offline. 1 edit saved on this computer. Nothing has been fetched yet.')
  })
  it('names no time for data that was fetched while the clock was in the future, and does not say that there is none', () => {
    const { sentence } = connectionWords({ ...online, state: 'offline', asOf: null, isAgeUnknown: true }, nothing, now)
    expect(sentence).toBe('Offline. Everything you see is kept on this computer. Data from an unknown time (the clock of this computer was wrong).')
  })
  it('repeats the words of a problem', () => {
    expect(connectionWords({ ...online, state: 'problem', detail: 'The certificate is not trusted.' }, nothing, now).sentence).toMatch(
      /^The certificate is not trusted\./,
    )
  })
  it('has its own words for a sign-in that ended and for a revoked device', () => {
    expect(connectionWords({ ...online, state: 'signed_out' }, nothing, now).short).toBe('Signed out')
    expect(connectionWords({ ...online, state: 'device_revoked' }, nothing, now).tone).toBe('red')
  })
})

describe('clockWords', () => {
  it('is silent up to two minutes and speaks above, in both directions', () => {
    expect(clockWords(null)).toBeNull()
    expect(clockWords(120_000)).toBeNull()
    expect(clockWords(-120_000)).toBeNull()
    expect(clockWords(120_001)).toContain('behind')
    expect(clockWords(-120_001)).toContain('ahead of')
    expect(clockWords(-600_500)).toContain('10 min ahead of')
  })
})
