/** A million believable audit entries, the same ones each time. */
import { metadataJson, type NewEntry } from '../../main/sandbox/audit/book.ts'

const actions = [
  'branch.create',
  'branch.delete',
  'backup.create',
  'backup.restore',
  'key.create',
  'key.revoke',
  'user.create',
  'permission.check',
  'bucket.create',
  'webhook.test',
]
const reasons = ['manual', 'scheduled', 'policy', 'retry']
const SECOND_MS = 1_000

/** Those from `from` until before `to`, half a minute apart, so that the last `of` all of them is at `untilMs`. */
export function* auditEntries({ from, to, of }: { from: number; to: number; of: number }, untilMs: number): Generator<NewEntry> {
  for (let index = from; index < to; index += 1) {
    const action = actions[(index * 7 + ((index * 2_654_435_761) >>> 5)) % actions.length] ?? ''
    yield {
      action,
      actor: `member-${(index * 31) % 40}`,
      target: `${action.split('.')[0]}/${((index * 48_271) % 9_973).toString(36)}`,
      metadata: metadataJson({ name: `nightly-${index % 1_000}`, reason: reasons[index % reasons.length], size: (index * 17) % 100_000 }),
      createdAt: untilMs - (of - index) * 30 * SECOND_MS,
    }
  }
}

/** From a word that stands in few entries to one that stands in all. */
export const searchWords = ['nightly-777', 'restore', 'backup', 'b', 'scheduled', 'member-7 backup', 'nightly']
