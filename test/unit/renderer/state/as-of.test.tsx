import { QueryClientProvider } from '@tanstack/react-query'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import { AsOf } from '../../../../renderer/components/page/as-of.tsx'
import { BridgeProvider } from '../../../../renderer/state/bridge/bridge-context.tsx'
import { createQueryClient, readKey } from '../../../../renderer/state/reads.ts'
import type { Bridge, Connection, Workspace } from '../../../../shared/contract/console.ts'

vi.hoisted(() => {
  vi.stubGlobal('window', { localStorage: { getItem: () => null }, location: { hash: '#/' } })
})

const offline: Connection = { state: 'offline', detail: null, asOf: null, isAgeUnknown: false, live: 'off', clockOffsetMs: null, retryAt: null }

function drawn(connection: Connection): string {
  const client = createQueryClient()
  client.setQueryData(readKey('workspaces.list', {}), [{ id: '0198c0de-0000-7000-8000-000000000001', name: 'Harbour', connection } as unknown as Workspace])
  return renderToStaticMarkup(
    <BridgeProvider bridge={{ host: 'web' } as Bridge}>
      <QueryClientProvider client={client}>
        <AsOf>Figures.</AsOf>
      </QueryClientProvider>
    </BridgeProvider>,
  )
}

test('the age of what is shown: a time, none before anything was fetched, and words where the clock was wrong', () => {
  expect(drawn({ ...offline, asOf: Date.now() - 3_600_000 })).toMatch(/^Figures\.<span> As of .*\d.*\.<\/span>$/)
  expect(drawn(offline)).toBe('Figures.')
  expect(drawn({ ...offline, isAgeUnknown: true })).toBe('Figures.<span> As of an unknown time (the clock of this computer was wrong).</span>')
})
