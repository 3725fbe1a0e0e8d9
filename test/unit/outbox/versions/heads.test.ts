import { describe, expect, it } from 'vitest'
import { headsOf, readOf, type Version } from '../../../../main/engine/outbox/versions/heads.ts'

const OTHER = 7
let count = 0
function version(change: Partial<Version> = {}): Version {
  count += 1
  const id = `0198c0de-0000-7000-8000-${String(count).padStart(12, '0')}`
  return { id, sequence: count, revision: count, device: null, createdAt: count * 1000, storedAt: count * 1000, replaces: [], isDeleted: false, ...change }
}
const readAmong = (versions: readonly Version[], offsetMs = 0): string | undefined => readOf(headsOf(versions), offsetMs)?.id

describe('heads', () => {
  it('are what no other version replaces, in whatever order they are known', () => {
    const first = version()
    const second = version({ replaces: [first.id] })
    const elsewhere = version({ device: OTHER, replaces: [first.id] })
    expect(headsOf([first, second, elsewhere])).toEqual([second, elsewhere])
    expect(headsOf([elsewhere, second, first])).toEqual([elsewhere, second])
    const settles = version({ replaces: [second.id, elsewhere.id] })
    expect(headsOf([settles, first, elsewhere, second])).toEqual([settles])
  })

  it('replacing counts more than any clock', () => {
    const first = version({ createdAt: 9e12, storedAt: 9e12 })
    const second = version({ replaces: [first.id], createdAt: 1, storedAt: 2 })
    expect(readAmong([first, second])).toBe(second.id)
  })

  it('in format 1, the highest number of each device', () => {
    const old = [version({ replaces: null, revision: 1 }), version({ replaces: null, revision: 2 }), version({ replaces: null, revision: 2, device: OTHER })]
    expect(headsOf(old)).toEqual([old[1], old[2]])
  })

  it('do not come back when what replaced them is deleted', () => {
    const first = version({ revision: 1, isDeleted: true })
    const second = version({ revision: 2, replaces: [first.id], isDeleted: true })
    // Elsewhere nobody knows what it replaced.
    expect(headsOf([first, second])).toEqual([second])
    expect(headsOf([first, { ...second, replaces: null }]).map(({ id }) => id)).toEqual([second.id])
  })
})

describe('the version that is read', () => {
  it('is the later one by both clocks, then the one with the higher id', () => {
    const early = version({ createdAt: 5000, storedAt: 9000 })
    const ahead = version({ device: OTHER, createdAt: 3e12, storedAt: 6000 })
    expect(readAmong([early, ahead])).toBe(ahead.id)
    const late = version({ device: OTHER, createdAt: 4000, storedAt: 99_000 })
    expect(readAmong([early, late])).toBe(early.id)
    const same = version({ createdAt: 5000, storedAt: 7000 })
    expect(readAmong([same, early])).toBe(same.id)
  })

  it('until it is stored, stands where the platform’s clock would have put it', () => {
    const stored = version({ createdAt: 5000, storedAt: 5000 })
    const ahead = version({ device: OTHER, createdAt: 100_000, storedAt: null })
    expect(readAmong([stored, ahead], -99_000)).toBe(stored.id)
    expect(readAmong([stored, ahead], -1000)).toBe(ahead.id)
  })

  it('is never one of format 1 where there is one of format 2', () => {
    const old = version({ replaces: null, createdAt: 9e12, storedAt: 9e12 })
    const fresh = version({ createdAt: 1, storedAt: 1, device: OTHER })
    expect(readAmong([old, fresh])).toBe(fresh.id)
    expect(readAmong([old])).toBe(old.id)
  })

  it('may be a deleted one; a later one that did not know of the delete is read', () => {
    const deleted = version({ isDeleted: true })
    const later = version({ device: OTHER })
    expect(readOf(headsOf([version({ createdAt: 1, storedAt: 1, device: OTHER }), { ...deleted }]), 0)?.isDeleted).toBe(true)
    expect(readAmong([deleted, later])).toBe(later.id)
  })
})
