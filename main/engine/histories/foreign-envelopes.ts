import type { Histories } from '../../../shared/contract/console/histories.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import type { Documents } from '../sync/documents/documents.ts'

export type ForeignEnvelopesParts = {
  documents: Pick<Documents, 'list'>
  local: Pick<LocalSettings, 'get' | 'set'>
  /** As whom this folder has delivered, and delivers now. */
  ownDevices(workspaceId: string): ReadonlySet<string>
  /** Sub-keys whose keys are here. */
  ownSubKeys(workspaceId: string): ReadonlySet<string>
  wasRestored(workspaceId: string): boolean
  isRestoring(workspaceId: string): boolean
}

/** Envelopes that other computers stored in this account: without their key they cannot be read, without a restore they are not here. */
export class ForeignEnvelopes {
  readonly #parts: ForeignEnvelopesParts

  constructor(parts: ForeignEnvelopesParts) {
    this.#parts = parts
  }

  read(workspaceId: string): Histories['foreign'] {
    const { documents, local, ownDevices, ownSubKeys, wasRestored, isRestoring } = this.#parts
    const devices = ownDevices(workspaceId)
    const count = documents
      .list(workspaceId, 'device_counter')
      .reduce((sum, { device_id: id, stored_envelopes: stored }) => sum + (devices.has(id) ? 0 : stored), 0)
    const subKeys = ownSubKeys(workspaceId)
    const ofUnknownKeys = documents.list(workspaceId, 'sub_key').some(({ id, stored_envelopes: stored }) => stored > 0 && !subKeys.has(id))
    if (count === 0 || isRestoring(workspaceId) || local.get(dismissedKey(workspaceId)) !== null) return null
    if (ofUnknownKeys) return { count, needs: 'key' }
    return wasRestored(workspaceId) ? null : { count, needs: 'fetching' }
  }

  dismiss(workspaceId: string): void {
    this.#parts.local.set(dismissedKey(workspaceId), '1')
  }
}

function dismissedKey(workspaceId: string): string {
  return `foreign/dismissed/${workspaceId}`
}
