import { describe, expect, it, vi } from 'vitest'
import { offers, pageLinks } from '../../../../renderer/app/page-links.ts'

vi.hoisted(() => vi.stubGlobal('window', { localStorage: { getItem: () => null } }))

const capabilities = ['usage', 'billing', 'costs', 'invoices', 'wallet', 'alerts', 'audit']

describe('the pages', () => {
  it('are all there for a platform and a role that have everything', () => {
    expect(pageLinks({ capabilities, seesTenants: true })).toHaveLength(13)
  })
  it('are only those of the platform and the role', () => {
    const letters = pageLinks({ capabilities: [], seesTenants: false }).map(({ letter }) => letter)
    expect(letters).not.toContain('w')
    expect(letters).not.toContain('t')
    expect(letters).toContain('x')
  })
  it('are known by each of their addresses', () => {
    const at = (address: string) => pageLinks({ capabilities, seesTenants: true }).find(({ addresses }) => addresses.includes(address))?.label
    expect(at('/upgrade')).toBe('Plans')
    expect(at('/plans')).toBe('Plans')
    expect(at('/workspaces/add')).toBeUndefined()
  })
})

describe('what a platform offers', () => {
  it.each([
    [['costs'], '/costs', true],
    [['costs'], '/wallet', false],
    [[], '/wallet', true],
    [['costs'], '/outbox', true],
  ])('%j, %s: %s', (offered, path, answer) => {
    expect(offers({ capabilities: offered }, path)).toBe(answer)
  })
})
