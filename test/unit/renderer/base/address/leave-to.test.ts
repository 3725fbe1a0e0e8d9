import { beforeEach, describe, expect, it, vi } from 'vitest'
import { openPart, withPart } from '../../../../../renderer/base/address/address-part.ts'
import { addressNow, leaveTo, navigate, takeReplaced } from '../../../../../renderer/base/address/hash-location.ts'

/** A window that has addresses and a history, and nothing else. Going back takes a moment, as in a browser. */
function fakeWindow(first: string) {
  const events = new EventTarget()
  const entries: { hash: string; state: unknown }[] = [{ hash: first, state: null }]
  let at = 0
  return {
    entries,
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
    dispatchEvent: events.dispatchEvent.bind(events),
    location: {
      get hash() {
        return entries[at]?.hash ?? ''
      },
    },
    history: {
      get state() {
        return entries[at]?.state ?? null
      },
      pushState(state: unknown, _title: string, hash: string) {
        entries.splice(at + 1)
        entries.push({ hash, state })
        at += 1
      },
      replaceState(state: unknown, _title: string, hash: string) {
        entries[at] = { hash, state }
      },
      back() {
        queueMicrotask(() => {
          at = Math.max(0, at - 1)
          events.dispatchEvent(new Event('popstate'))
        })
      },
    },
  }
}

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
const close = (): void => leaveTo(withPart(addressNow(), 'open', null))
let shown: ReturnType<typeof fakeWindow>

function begin(hash: string): void {
  shown = fakeWindow(hash)
  vi.stubGlobal('window', shown)
  vi.stubGlobal('HashChangeEvent', Event)
}

describe('leaving what an address opens', () => {
  beforeEach(() => begin('#/outbox?states=held'))

  it('goes back to the view beneath, which is then there once', async () => {
    openPart('open', 'a')
    expect(addressNow()).toBe('/outbox?states=held&open=a')
    close()
    await later()
    expect(addressNow()).toBe('/outbox?states=held')
    // The step is still there to go forward to.
    expect(shown.entries.map(({ hash }) => hash)).toEqual(['#/outbox?states=held', '#/outbox?states=held&open=a'])
  })
  it('goes back once, however often it is asked for', async () => {
    navigate('/settings')
    navigate('/outbox')
    openPart('open', 'a')
    close()
    close()
    await later()
    expect(addressNow()).toBe('/outbox')
  })
  it('replaces an address that was opened from outside: what lies beneath may be anything', async () => {
    begin('#/outbox?open=a')
    close()
    await later()
    expect(shown.entries.map(({ hash }) => hash)).toEqual(['#/outbox'])
  })
  it('finds the view beneath in whatever spelling it was typed', async () => {
    begin('#/outbox?states=held%2Cwaiting')
    openPart('open', 'a')
    close()
    await later()
    expect(shown.entries).toHaveLength(2)
    expect(addressNow()).toBe('/outbox?states=held%2Cwaiting')
  })
  it('says once which view a step replaced', () => {
    navigate('/invoices?q=p', { replace: true })
    expect(takeReplaced()).toBe('/outbox?states=held')
    expect(takeReplaced()).toBeNull()
    navigate('/invoices')
    expect(takeReplaced()).toBeNull()
  })
})
