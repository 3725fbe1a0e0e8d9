/** The audit log, as this computer has it. Everything here is answered from the cache. */
import { z } from 'zod'
import { call } from '../call.ts'
import { count, done, epochMs, inWorkspace } from '../primitives.ts'

const auditFilter = z.strictObject({
  action: z.string().min(1).max(64).nullable(),
  /** Half-open. */
  from: epochMs.nullable(),
  to: epochMs.nullable(),
  search: z.string().max(200),
})
export type AuditFilter = z.output<typeof auditFilter>

const auditRow = z.strictObject({
  sequence: z.int().positive(),
  action: z.string(),
  /** A member's id, or `system`. */
  actor: z.string(),
  /** The member's name where it is known here; else the id. */
  actorName: z.string(),
  target: z.string(),
  /** JSON. */
  metadata: z.string(),
  createdAt: epochMs,
  hash: z.string(),
})
export type AuditRow = z.output<typeof auditRow>

/** What this computer found when it followed the chain of hashes through its own copy. */
const auditChain = z.strictObject({
  state: z.enum(['empty', 'checking', 'verified', 'broken']),
  /** Every entry from `first` to `verified` follows from the one before it. 0: none yet. */
  first: count,
  verified: count,
  last: count,
  checkedAt: epochMs.nullable(),
  /** Entries that retention removed at the platform, before `first`. */
  removedCount: count,
  broken: z.strictObject({ sequence: count, reason: z.enum(['changed', 'missing', 'rewritten']) }).nullable(),
})
export type AuditChain = z.output<typeof auditChain>

const auditExportFormats = ['csv-for-spreadsheets', 'csv-for-programs', 'json'] as const
export type AuditExportFormat = (typeof auditExportFormats)[number]

export const auditCalls = {
  /** Newest first, a page at a time, below `before`. */
  'audit.page': call(
    inWorkspace.extend({ filter: auditFilter, before: z.int().positive().nullable(), limit: z.int().min(1).max(200) }),
    z.strictObject({
      rows: z.array(auditRow),
      next: z.int().positive().nullable(),
      total: count,
      /** False: there are more than `total`; counting them all would keep the rows waiting. */
      isTotalExact: z.boolean(),
    }),
    { topics: ['audit_entry', 'audit_checkpoint', 'member'] },
  ),
  'audit.overview': call(
    inWorkspace,
    z.strictObject({
      actions: z.array(z.strictObject({ action: z.string(), count })),
      total: count,
      firstAt: epochMs.nullable(),
      lastAt: epochMs.nullable(),
      chain: auditChain,
      /** Why the member may not set how long entries are kept; null: they may. */
      retentionMayNot: z.string().nullable(),
    }),
    { topics: ['audit_entry', 'audit_checkpoint', 'audit_chain', 'plans', 'workspace'] },
  ),
  /** Follows the whole chain again from its beginning, and forgets what was found before. */
  'audit.recheck': call(inWorkspace, done, 'action'),
  /**
   * One part of an export of what the filter finds, newest first; `next` null: it was the last. The parts put together are the file. `language`: in which
   * a spreadsheet reads its fields.
   */
  'audit.export': call(
    inWorkspace.extend({
      filter: auditFilter,
      format: z.enum(auditExportFormats),
      before: z.int().positive().nullable(),
      language: z.string().max(35).optional(),
    }),
    z.strictObject({ fileName: z.string(), text: z.string(), rows: count, next: z.int().positive().nullable() }),
    'action',
  ),
} as const
