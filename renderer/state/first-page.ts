import type { QueryClient } from '@tanstack/react-query'
import { paths } from '../../shared/contract/console/pages.ts'
import type { Bridge, CallInput, ReadName } from '../../shared/contract/console.ts'
import { parseHash } from '../base/address/hash-location.ts'
import { chosenWorkspaceId } from './active-workspace.ts'
import { pickWorkspace } from './pick-workspace.ts'
import { read, readKey } from './reads.ts'

/** Reads what the first page will ask, so that its first render has it already. Never rejects: the page asks again and says what is wrong. */
export async function readFirstPage(client: QueryClient, bridge: Bridge): Promise<void> {
  const prefetch = <N extends ReadName>(name: N, input: CallInput<N>) =>
    client.prefetchQuery({ queryKey: readKey(name, input), queryFn: () => read(bridge, name, input) })
  const others = [prefetch('app.info', {}), prefetch('vault.status', {})]
  const workspaces = await client.fetchQuery({ queryKey: readKey('workspaces.list', {}), queryFn: () => read(bridge, 'workspaces.list', {}) }).catch(() => [])
  const workspace = pickWorkspace(workspaces, chosenWorkspaceId())
  if (workspace && parseHash(window.location.hash).path === paths.overview) {
    const input = { workspaceId: workspace.id }
    // What decides what stands first comes with the figures: nothing on the page changes its place a moment later.
    others.push(prefetch('overview.ahead', input), prefetch('overview.firstSteps', input))
    await prefetch('overview.read', input)
  }
  await Promise.all(others)
}
