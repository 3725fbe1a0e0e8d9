import { createStore, useStore } from 'zustand'
import type { Connection, Workspace } from '../../shared/contract/console.ts'
import { withoutParts } from '../base/address/address-part.ts'
import { texts } from '../base/texts/texts.ts'
import { addressNow, navigate } from '../base/address/hash-location.ts'
import { useLive } from './live-store.ts'
import { pickWorkspace } from './pick-workspace.ts'
import { useRead } from './reads.ts'

const storageKey = 'tidemark.workspace'

const chosen = createStore<{ id: string | null }>(() => ({ id: window.localStorage.getItem(storageKey) }))

/** What a person chose last on this computer; it may be gone. */
export function chosenWorkspaceId(): string | null {
  return chosen.getState().id
}

export function chooseWorkspace(id: string): void {
  // An invoice or a write that is opened belongs to the workspace that is left.
  navigate(withoutParts(addressNow()), { replace: true })
  window.localStorage.setItem(storageKey, id)
  chosen.setState({ id })
}

export function useWorkspaces() {
  return useRead('workspaces.list', {})
}

export function useChosenWorkspace(): Workspace | null {
  const { data } = useWorkspaces()
  const chosenId = useStore(chosen, (state) => state.id)
  return data ? pickWorkspace(data, chosenId) : null
}

/** For pages, which are shown only when there is a workspace. */
export function useWorkspace(): Workspace {
  const workspace = useChosenWorkspace()
  if (!workspace) throw new Error('A page needs a workspace')
  return workspace
}

/** Whether its platform takes envelopes, and with them sub-keys and devices: one thing, that a platform offers or does not. */
export function syncs({ capabilities }: Pick<Workspace, 'capabilities'>): boolean {
  return capabilities.includes('sync')
}

/** What writes envelopes is offered only then. */
export function useSyncs(): boolean {
  return syncs(useWorkspace())
}

/** The newest word on the connection: an event overtakes the list that was read before. */
export function useConnection(workspace: Workspace): Connection {
  return useLive((live) => live.connections[workspace.id]) ?? workspace.connection
}

/** Why nothing can be asked of the platform now, in words; null when it can. */
export function useOfflineReason(): string | null {
  const { state } = useConnection(useWorkspace())
  if (state === 'online') return null
  const words = texts.connection
  return state === 'offline' ? words.offlineReason : state === 'signed_out' ? words.signedOutReason : words.notOnlineReason
}

/** The same, for what is offered away from a page. */
export function offlineReason({ state }: Pick<Connection, 'state'>): string | null {
  if (state === 'online') return null
  const words = texts.connection
  return state === 'offline' ? words.offlineNow : state === 'signed_out' ? words.signedOutNow : words.notOnlineNow
}

/** What needs an answer from the platform now (spending, keys, devices) is only offered then. */
export function useIsOnline(): boolean {
  return useConnection(useWorkspace()).state === 'online'
}
