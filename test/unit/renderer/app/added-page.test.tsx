/** A page that is added to the registry, and to nothing else, is shown, linked, found and reached by its letter. */
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { IconWaveSine } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it, vi } from 'vitest'
import { Router } from 'wouter'
import { pageLinks } from '../../../../renderer/app/page-links.ts'
import { PaletteDialog } from '../../../../renderer/app/palette/palette-dialog.tsx'
import { Routes } from '../../../../renderer/app/routes.tsx'
import { Navigation } from '../../../../renderer/app/shell/navigation.tsx'
import { ShortcutDialog } from '../../../../renderer/app/shortcuts/shortcut-dialog.tsx'
import { appTexts } from '../../../../renderer/app/texts.ts'
import type { PageEntry } from '../../../../renderer/pages/page-entry.ts'
import { pages } from '../../../../renderer/pages/registry.ts'
import { BridgeProvider } from '../../../../renderer/state/bridge/bridge-context.tsx'
import { createQueryClient, readKey } from '../../../../renderer/state/reads.ts'
import type { Bridge, Workspace } from '../../../../shared/contract/console.ts'

vi.hoisted(() => {
  const window = { localStorage: { getItem: () => null }, location: { hash: '#/' } }
  vi.stubGlobal('window', window)
})

vi.mock('../../../../renderer/pages/registry.ts', async (importOriginal) => {
  const { pages: known } = await importOriginal<typeof import('../../../../renderer/pages/registry.ts')>()
  const added: PageEntry = {
    path: '/tides',
    alsoAt: ['/waves'],
    link: { label: 'Tides', icon: IconWaveSine, letter: 'z', badge: ({ workspace }) => <em>{`of ${workspace.name}`}</em> },
    capability: 'tides',
    component: () => <h1>High water</h1>,
  }
  const unlinked: PageEntry = { path: '/hidden', link: null, component: () => <h1>Hidden</h1> }
  return { pages: [...known, added, unlinked] }
})
// What lies over the page is drawn into another part of the document, which markup does not show.
vi.mock('@mantine/core', async (importOriginal) => ({
  ...(await importOriginal<typeof import('@mantine/core')>()),
  Modal: ({ children }: { children: ReactNode }) => children,
}))

const everything = pages.flatMap(({ capability }) => (capability === undefined ? [] : [capability]))
const workspace = {
  id: '0198c0de-0000-7000-8000-000000000001',
  name: 'Harbour',
  capabilities: everything,
  seesTenants: true,
  queue: { pending: 0, held: 0, rejected: 0 },
  connection: { state: 'online', detail: null, asOf: null, isAgeUnknown: false, live: 'stream', clockOffsetMs: 0, retryAt: null },
} as unknown as Workspace

function draw(content: ReactNode, address = '/', shown: Workspace = workspace): string {
  vi.stubGlobal('window', { localStorage: { getItem: () => null }, location: { hash: '#/' } })
  const client = createQueryClient()
  client.setQueryData(readKey('workspaces.list', {}), [shown])
  const bridge = { host: 'web' } as Bridge
  return renderToStaticMarkup(
    <MantineProvider>
      <BridgeProvider bridge={bridge}>
        <QueryClientProvider client={client}>
          <Router hook={() => [address, () => undefined]} searchHook={() => ''}>
            {content}
          </Router>
        </QueryClientProvider>
      </BridgeProvider>
    </MantineProvider>,
  )
}

const without = { ...workspace, capabilities: ['costs'] }
const linked = pages.flatMap(({ path, link }) => (link === null ? [] : [{ path, label: link.label, letter: link.letter }]))
const asMarkup = (label: string): string => label.replaceAll('&', '&amp;')

describe('every page of the registry', () => {
  it('is routed at each of its addresses', () => {
    for (const { path, alsoAt = [] } of pages)
      for (const address of [path, ...alsoAt]) expect(draw(<Routes />, address), address).not.toContain(appTexts.notFound.title)
    expect(draw(<Routes />, '/nothing')).toContain(appTexts.notFound.title)
  })

  it('stands in the navigation in the order of the registry, if it is linked', () => {
    const links = [...draw(<Navigation />).matchAll(/href="([^"]*)"[^>]*>.*?<\/svg>([^<]*)/g)].map(([, path, label]) => ({ path, label }))
    expect(links).toEqual(linked.map(({ path, label }) => ({ path, label: asMarkup(label) })))
  })

  it('stands in the palette and in the list of shortcuts', () => {
    // A dialog asks what opened it.
    vi.stubGlobal('document', { activeElement: null, getElementById: () => null })
    const ofPages = /role="group" aria-label="Pages">(.*?)role="group"/.exec(draw(<PaletteDialog onClose={() => undefined} onShortcuts={() => undefined} />))
    expect([...(ofPages?.[1] ?? '').matchAll(/role="option".*?<span[^>]*>([^<]*)<\/span>/g)].map(([, label]) => label)).toEqual(
      linked.map(({ label }) => asMarkup(label)),
    )
    const shortcuts = draw(<ShortcutDialog workspace={workspace} onClose={() => undefined} />)
    for (const { label, letter } of linked)
      expect(shortcuts).toMatch(new RegExp(`<kbd[^>]*>${letter.toUpperCase()}</kbd></dt><dd>Go to ${asMarkup(label)}</dd>`))
  })
})

describe('a page that is added', () => {
  it('is shown at both of its addresses', () => {
    expect(draw(<Routes />, '/tides')).toContain('High water')
    expect(draw(<Routes />, '/waves')).toContain('High water')
  })

  it('carries its badge', () => {
    expect(draw(<Navigation />)).toContain('Tides<em>of Harbour</em>')
  })

  it('is neither linked nor shown where the platform does not offer it', () => {
    expect(draw(<Routes />, '/tides', without)).toContain(appTexts.notOffered.title)
    expect(draw(<Navigation />, '/', without)).not.toContain('Tides')
    expect(pageLinks(without).map(({ path }) => path)).not.toContain('/tides')
  })

  it('without a link is shown, and stands in no list', () => {
    expect(draw(<Routes />, '/hidden')).toContain('Hidden')
    expect(pageLinks(workspace).map(({ path }) => path)).not.toContain('/hidden')
  })
})
