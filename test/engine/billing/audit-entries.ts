import { createHash } from 'node:crypto'
import { AUDIT_GENESIS_HASH, canonicalJson } from '../../../shared/billing/audit-chain.ts'
import type { AuditEntry } from '../../../shared/contract/platform/audit.ts'

export type EntryWords = { action?: string; actor?: string; target?: string; metadata?: Record<string, unknown>; createdAt?: number }

/** Entries chained as an honest platform chains them, written here a second time from the words of the contract. */
export function chainEntries(words: readonly EntryWords[], { after = 0, hash = AUDIT_GENESIS_HASH } = {}): AuditEntry[] {
  let previous = hash
  return words.map(({ action = 'branch.create', actor = 'system', target = 'branch/main', metadata = {}, createdAt }, index) => {
    const sequence = after + index + 1
    const entry = { id: String(sequence), action, actor, target, metadata, created_at: new Date(createdAt ?? Date.UTC(2026, 0, 1, 0, sequence)).toISOString() }
    previous = createHash('sha256')
      .update(canonicalJson({ ...entry, previous_hash: previous }))
      .digest('hex')
    return { ...entry, sequence, hash: previous }
  })
}
