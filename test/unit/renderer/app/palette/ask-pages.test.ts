import { IconWaveSine } from '@tabler/icons-react'
import { describe, expect, it, vi } from 'vitest'
import { askForActions, askForThings, findContext } from '../../../../../renderer/app/palette/ask-pages.ts'
import { allHits } from '../../../../../renderer/app/palette/hit-sources.ts'
import type { PageEntry } from '../../../../../renderer/pages/page-entry.ts'
import type { PageFinds } from '../../../../../renderer/components/find/page-finds.ts'
import { createQueryClient } from '../../../../../renderer/state/reads.ts'
import type { Bridge, Workspace } from '../../../../../shared/contract/console.ts'

vi.hoisted(() => vi.stubGlobal('window', { localStorage: { getItem: () => null } }))

const workspace = { id: '0198c0de-0000-7000-8000-000000000001', name: 'Harbour', capabilities: [] } as unknown as Workspace
const connection = { state: 'offline' } as Workspace['connection']
const run = (): void => undefined

function page(path: string, finds: () => Promise<PageFinds>): PageEntry {
  return { path, link: { label: path, letter: 'z', icon: IconWaveSine }, component: () => null, finds }
}

function around(answer: () => unknown) {
  const asked: string[] = []
  const call = async (name: string) => {
    asked.push(name)
    return answer()
  }
  const bridge = { host: 'web', call, subscribe: () => () => undefined } as unknown as Bridge
  return { asked, bridge, client: createQueryClient(), workspace, connection }
}

describe('what a page finds', () => {
  it('stands in the palette under its own heading, though nothing but its entry names it', async () => {
    const tides = page('/tides', async () => ({
      actions: async () => [{ id: 'measure', label: 'Measure the tide', run }],
      things: { group: 'Gauges', find: async (_context, words) => [{ id: '1', label: `Pier ${words}`, run }] },
    }))
    const context = findContext(
      around(() => ({ ok: true, value: [] })),
      true,
    )
    const told: string[] = []
    await askForActions([tides], context, (of, found) => told.push(`${of.path}: ${found.map(({ label }) => label)}`))
    await askForThings([tides], context, 'seven', (of, group, found) => {
      told.push(`${of.path}: ${allHits([{ id: of.path, group, found }], 'pier').map(({ group: heading, label }) => `${heading}/${label}`)}`)
    })
    expect(told).toEqual(['/tides: Measure the tide', '/tides: Gauges/Pier seven'])
  })

  it('comes though another page breaks, and does not wait for one that hangs', async () => {
    const broken = page('/broken', () => Promise.reject(new Error('no such file')))
    const failing = page('/failing', async () => ({ things: { group: 'None', find: () => Promise.reject(new Error('what')) } }))
    const hanging = page('/hanging', async () => ({ things: { group: 'None', find: () => new Promise<never>(() => undefined) } }))
    const whole = page('/whole', async () => ({ things: { group: 'Things', find: async () => [{ id: '1', label: 'One', run }] } }))
    const context = findContext(
      around(() => ({ ok: true, value: [] })),
      true,
    )
    const told = await new Promise((resolve) => void askForThings([broken, failing, hanging, whole], context, 'one', (of) => resolve(of.path)))
    expect(told).toBe('/whole')
  })
})

describe('the engine', () => {
  it('is not asked as long as nothing is typed; what the window knows is answered', async () => {
    const known = around(() => ({ ok: true, value: { state: 'unlocked' } }))
    expect(await findContext(known, false).ask('vault.status', {})).toBeNull()
    expect(known.asked).toEqual([])
    expect(await findContext(known, true).ask('vault.status', {})).toEqual({ state: 'unlocked' })
    expect(await findContext(known, true).ask('vault.status', {})).toEqual({ state: 'unlocked' })
    expect(await findContext(known, false).ask('vault.status', {})).toEqual({ state: 'unlocked' })
    expect(known.asked).toEqual(['vault.status'])
  })

  it('may refuse or fail: that is no answer, and a refusal to the role is a reason', async () => {
    const input = { workspaceId: workspace.id }
    const refused = findContext(
      around(() => ({ ok: false, error: { code: 'forbidden', message: 'Viewers may not.', suggestion: '' } })),
      true,
    )
    expect(await refused.ask('invoices.list', input)).toBeNull()
    expect(await refused.refusal('invoices.list', input)).toBe('Viewers may not.')
    const failed = findContext(
      around(() => ({ ok: false, error: { code: 'unexpected', message: 'Oh.', suggestion: '' } })),
      true,
    )
    expect(await failed.refusal('invoices.list', input)).toBeNull()
  })
})
