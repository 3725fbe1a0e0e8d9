import { describe, expect, it } from 'vitest'
import { touchedCalls } from '../../../../renderer/state/touched-calls.ts'
import { documentTopics } from '../../../../shared/contract/platform/topics.ts'

describe('which reads an event makes stale', () => {
  it('names the reads of each topic once, for that workspace alone', () => {
    const touched = touchedCalls({ event: 'cache.changed', payload: { workspaceId: 'w', topics: ['counter', 'plan', 'unheard_of'] } })
    expect(touched.workspaceId).toBe('w')
    expect(touched.calls).toContain('overview.read')
    expect(touched.calls).toContain('honesty.audit')
    expect(new Set(touched.calls).size).toBe(touched.calls.length)
  })

  it('knows every topic of the contract: each is shown somewhere', () => {
    const shownNowhere = Object.keys(documentTopics).filter(
      (topic) => touchedCalls({ event: 'cache.changed', payload: { workspaceId: 'w', topics: [topic] } }).calls.length === 0,
    )
    expect(shownNowhere).toEqual([])
  })

  it.each([
    ['member', ['workspaces.members', 'audit.page', 'costs.read', 'costs.change', 'usage.breakdown', 'wallet.ledger']],
    ['plans', ['workspaces.members', 'usage.read', 'usage.trend', 'costs.read', 'alerts.read', 'alerts.fired', 'invoices.list', 'outbox.tally']],
    ['plan', ['plans.cheapest', 'usage.trend', 'usage.breakdown', 'costs.read', 'costs.change', 'alerts.read']],
    ['sub_key', ['honesty.audit']],
    ['invoice', ['costs.change', 'overview.news']],
    ['alert_event', ['overview.news']],
    ['booster', ['offers.read', 'usage.read']],
    ['snapshot', ['plans.cheapest', 'usage.read']],
    ['wallet', ['wallet.read', 'usage.read']],
    ['ledger_line', ['wallet.ledger', 'usage.read']],
    ['pricing', ['wallet.ledger', 'wallet.instances']],
    ['element', ['wallet.read']],
  ])('reads again wherever the names and figures of %s stand', (topic, calls) => {
    const touched = touchedCalls({ event: 'cache.changed', payload: { workspaceId: 'w', topics: [topic] } })
    expect(touched.calls).toEqual(expect.arrayContaining(calls))
  })

  it('reads again all that shows who is signed in, or what the role may do, when somebody else signs in', () => {
    const touched = touchedCalls({ event: 'workspaces.changed', payload: {} })
    expect(touched.workspaceId).toBeNull()
    expect(touched.calls.toSorted()).toEqual(
      [
        'alerts.read',
        'audit.overview',
        'billing.preview',
        'costs.change',
        'costs.read',
        'devices.list',
        'histories.read',
        'honesty.audit',
        'invoices.find',
        'invoices.list',
        'invoices.paymentMethods',
        'offers.read',
        'overview.firstSteps',
        'tenants.list',
        'tenants.read',
        'usageFile.access',
        'workspaces.awaited',
        'workspaces.list',
        'workspaces.members',
      ].toSorted(),
    )
  })

  it('reads the copies again when one is made', () => {
    expect(touchedCalls({ event: 'backups.changed', payload: {} }).calls).toEqual(['backups.list', 'backups.planned'])
  })

  it('ignores what a newer platform sends and nothing here shows, whatever it is called', () => {
    const topics = ['unheard_of', 'constructor', '__proto__', '']
    expect(touchedCalls({ event: 'cache.changed', payload: { workspaceId: 'w', topics } }).calls).toEqual([])
  })

  it('does not read the lists again for every file of an import, but at its end', () => {
    const progress = { id: 'i', filesTotal: 2, filesDone: 1, bytesDone: 1, refused: [] }
    expect(touchedCalls({ event: 'import.progress', payload: { ...progress, state: 'running' } }).calls).toEqual([])
    expect(touchedCalls({ event: 'import.progress', payload: { ...progress, state: 'done' } }).calls).toContain('outbox.page')
  })

  it('reads names again when the vault opens or closes, in every workspace', () => {
    const touched = touchedCalls({ event: 'vault.changed', payload: { state: 'locked', passphrase: true, protectedBy: '', backedUpAt: null } })
    expect(touched.workspaceId).toBeNull()
    expect(touched.calls).toContain('outbox.page')
  })
})
