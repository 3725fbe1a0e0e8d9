import { appendEntry, appendMany } from '../audit/append.ts'
import { metadataJson, type NewEntry, openBook } from '../audit/book.ts'
import { endPast } from '../audit/past.ts'
import { pastAction, type PastAction } from './audit-actions.ts'
import type { HistoryPart, HistorySlice, HistoryWorkspace } from './history.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const DAYS_A_SLICE = 30
/** On an ordinary day at the end of the past. */
const ENTRIES_A_DAY = 12

/** Who did what in the demo's past, day by day. */
export const auditHistory: HistoryPart = {
  name: 'audit',
  *slices(workspace) {
    const { firstDay, lastDay } = workspace
    const random = workspace.shape.random('audit')
    for (let day = firstDay; day <= lastDay; day += DAYS_A_SLICE) {
      const entries: NewEntry[] = day === firstDay ? beginning(workspace) : []
      for (let each = day; each <= Math.min(day + DAYS_A_SLICE - 1, lastDay); each += 1) entries.push(...entriesOf(workspace, each, random))
      yield writeEntries(workspace.id, entries)
    }
    yield (unit) => endPast(unit, workspace.id)
  },
}

function writeEntries(workspaceId: string, entries: readonly NewEntry[]): HistorySlice {
  return async (unit) => {
    const book = await openBook(unit, workspaceId)
    const last = entries.at(-1)
    // Without the past at first, the log has gone on since: what is older has no place in it any more.
    if (book.awaits_past === 0 || last === undefined) return
    // The last one takes the way of every entry, by which consoles hear of it.
    await appendEntry(unit, appendMany(unit.file, book, entries.slice(0, -1)), last)
  }
}

function beginning({ members, catalog, plan, fromMs }: HistoryWorkspace): NewEntry[] {
  const entry = (minute: number, actor: string, { action, target, metadata }: PastAction): NewEntry => ({
    action,
    actor,
    target,
    metadata: metadataJson(metadata),
    createdAt: fromMs + minute * 60_000,
  })
  return [
    ...members.map(({ id, name, role }, index) => entry(index, 'system', { action: 'user.create', target: `user/${id}`, metadata: { name, role } })),
    ...(plan.id === catalog.defaultPlan
      ? []
      : [
          entry(members.length, 'system', {
            action: 'plan.change',
            target: `plan/${plan.id}`,
            metadata: { old_plan: catalog.defaultPlan, new_plan: plan.id, cause: 'subscription' },
          }),
        ]),
  ]
}

function entriesOf(workspace: HistoryWorkspace, day: number, random: () => number): NewEntry[] {
  const { shape, members, catalog, untilMs } = workspace
  const wanted = Math.round(ENTRIES_A_DAY * shape.dayFactor(day) * (0.6 + 0.8 * random()))
  const shares = shape.hourShares(day)
  const entries = Array.from({ length: wanted }, (): NewEntry => {
    const createdAt = day * DAY_MS + hourOf(shares, random()) * HOUR_MS + Math.floor(random() * HOUR_MS)
    const { action, target, metadata, automatic } = pastAction(catalog, random)
    const member = members[Math.floor(random() ** 2 * members.length)]
    return { action, actor: automatic === true || member === undefined ? 'system' : member.id, target, metadata: metadataJson(metadata), createdAt }
  })
  return entries.filter(({ createdAt }) => createdAt < untilMs).sort((left, right) => left.createdAt - right.createdAt)
}

/** The hour in which a share of the day has passed. */
function hourOf(shares: readonly number[], passed: number): number {
  let sum = 0
  for (const [hour, share] of shares.entries()) {
    sum += share
    if (passed < sum) return hour
  }
  return shares.length - 1
}
