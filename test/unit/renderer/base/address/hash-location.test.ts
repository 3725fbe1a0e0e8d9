import { describe, expect, it } from 'vitest'
import { parseHash } from '../../../../../renderer/base/address/hash-location.ts'

describe('parseHash', () => {
  it.each([
    ['', '/', ''],
    ['#', '/', ''],
    ['#/', '/', ''],
    ['#/outbox', '/outbox', ''],
    ['#outbox', '/outbox', ''],
    ['#/outbox?states=held,waiting&kinds=setting', '/outbox', 'states=held,waiting&kinds=setting'],
    ['#/outbox?', '/outbox', ''],
    ['#/upgrade?plan=a?b', '/upgrade', 'plan=a?b'],
  ])('%s', (hash, path, search) => {
    expect(parseHash(hash)).toEqual({ path, search })
  })
})
