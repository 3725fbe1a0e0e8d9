import { describe, expect, it } from 'vitest'
import { withoutDialogs, withoutParts, withPart } from '../../../../../renderer/base/address/address-part.ts'

describe('what an address opens', () => {
  it.each([
    ['/invoices', 'open', 'a1', '/invoices?open=a1'],
    ['/outbox?states=held,waiting', 'open', 'b', '/outbox?states=held,waiting&open=b'],
    ['/outbox?open=a', 'open', 'b', '/outbox?open=b'],
    ['/outbox?states=held&open=a', 'open', null, '/outbox?states=held'],
    ['/outbox?open=a', 'open', null, '/outbox'],
    ['/invoices?q=what%3F', 'open', 'a', '/invoices?q=what%3F&open=a'],
    ['/', 'import', 'open', '/?import=open'],
  ])('%s with %s %s is %s', (address, name, value, expected) => {
    expect(withPart(address, name, value)).toBe(expected)
  })
  it('cannot break out of its place', () => {
    const address = withPart('/outbox', 'open', 'a&states=held')
    expect([...new URLSearchParams(address.split('?')[1])]).toEqual([['open', 'a&states=held']])
  })
  it('leaves the view itself when everything that is opened is taken out', () => {
    expect(withoutParts('/outbox?states=held&open=a&import=open')).toBe('/outbox?states=held')
    expect(withoutDialogs('/outbox?states=held&open=a&import=open')).toBe('/outbox?states=held&open=a')
  })
})
