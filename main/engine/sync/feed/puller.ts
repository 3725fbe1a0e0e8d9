import type { Clock } from '../../base/clock.ts'
import type { Documents } from '../documents/documents.ts'
import { applyInSlices, type Pause, pauseForOthers } from '../documents/page-slices.ts'
import type { PlatformClient } from '../client/platform-client.ts'
import { type Trouble, troubleOf } from '../client/trouble.ts'
import type { WorkspaceRegistry } from '../accounts/workspace-registry.ts'
import { FeedProgress } from './feed-progress.ts'
import type { QuestionPace } from './question-pace.ts'

const PAGE_ROWS = 500
/** Cursors as platforms once gave them are taken anew, and mean nothing. */
const ROUND_1_CURSOR = /^\d+$/

export type Pulled = { changed: ReadonlySet<string>; trouble: Trouble | null }

export type PullParts = {
  client: PlatformClient
  registry: Pick<WorkspaceRegistry, 'find'>
  documents: Documents
  clock: Clock
  pace: QuestionPace
  pause?: Pause
  /**
   * The platform does not have the history up to which was read: it was put back, or it is another one. Asked before anything of it is
   * forgotten; with trouble, nothing is.
   */
  onWentBack?(wentBackTo: number | null): Promise<Trouble | null>
}

/** Follows the feed of changes until there is no more, each page with its cursor in one transaction. */
export async function pullChanges(
  { client, registry, documents, clock, pace, pause = pauseForOthers, onWentBack }: PullParts,
  workspaceId: string,
  signal: AbortSignal,
): Promise<Pulled> {
  const reader = registry.find(workspaceId)?.role
  if (reader !== undefined) documents.readAs(workspaceId, reader)
  const changed = new Set<string>()
  let startedOver = false
  let progress = new FeedProgress(documents.cursor(workspaceId))
  for (;;) {
    const turnAt = await pace.ready(signal)
    const askedAt = clock.now()
    const since = documents.cursor(workspaceId)
    const answer = await client.send(workspaceId, 'readChanges', { query: { limit: PAGE_ROWS, ...(since === null ? {} : { since }) }, signal })
    if (answer.kind === 'ok') {
      // Cleared or started over meanwhile: this page's cursor would leave out everything before it.
      if (documents.cursor(workspaceId) !== since) continue
      const page = answer.value
      const applied = await applyInSlices(documents, workspaceId, page, askedAt, pause)
      if (signal.aborted) return { changed, trouble: null }
      if (applied === null) continue
      for (const topic of applied.changed) changed.add(topic)
      if (applied.startedOver) {
        // Twice in one go: the platform contradicts itself. What it said last stands until it is asked again.
        if (startedOver) return { changed, trouble: stuck }
        startedOver = true
        progress = new FeedProgress(null)
        continue
      }
      const isAnythingChanged = applied.changed.size > 0
      const isProgress = progress.note({ cursor: page.cursor, rows: page.changes }, isAnythingChanged)
      pace.answered(turnAt, { cursor: page.cursor, more: page.more, isProgress, isAnythingChanged })
      if (!page.more) return { changed, trouble: null }
      // "More" without moving on would be asked for ever.
      if (progress.isStuck) return { changed, trouble: stuck }
    } else if (isUnknownCursor(answer) && since !== null && !startedOver) {
      startedOver = true
      progress = new FeedProgress(null)
      const trouble = answer.status === 410 && !ROUND_1_CURSOR.test(since) ? await onWentBack?.(wentBackTo(answer)) : null
      if (trouble) return { changed, trouble }
      documents.startOver(workspaceId)
    } else {
      return { changed, trouble: troubleOf(answer) }
    }
  }
}

/** Reads by direct question what the feed has not brought: platforms without a feed have only this. */
export async function readDirectly(
  { client, documents }: { client: PlatformClient; documents: Documents },
  workspaceId: string,
  wanted: { plan: boolean; plans: boolean; counters: boolean },
  signal: AbortSignal,
): Promise<Pulled> {
  const changed = new Set<string>()
  const note = (topics: ReadonlySet<string>): void => {
    for (const topic of topics) changed.add(topic)
  }
  if (wanted.plans) {
    const answer = await client.send(workspaceId, 'readPlans', { signal })
    if (answer.kind === 'ok') note(documents.put(workspaceId, 'plans', answer.value))
    else if (!isWithheld(answer)) return { changed, trouble: troubleOf(answer) }
  }
  if (wanted.plan) {
    const answer = await client.send(workspaceId, 'readPlan', { signal })
    if (answer.kind === 'ok') note(documents.put(workspaceId, 'plan', answer.value))
    else if (!isWithheld(answer)) return { changed, trouble: troubleOf(answer) }
  }
  if (wanted.counters) {
    const answer = await client.send(workspaceId, 'readUsage', { signal })
    if (answer.kind === 'ok') note(documents.observeCounters(workspaceId, answer.value.usage, null))
    else if (!isWithheld(answer)) return { changed, trouble: troubleOf(answer) }
  }
  return { changed, trouble: null }
}

const stuck: Trouble = { state: 'problem', detail: 'The platform’s list of changes does not move on.', retry: { afterMs: null } }

type NotOk = Exclude<Awaited<ReturnType<PlatformClient['send']>>, { kind: 'ok' }>

function wentBackTo(answer: NotOk): number | null {
  const at = answer.kind === 'error' ? answer.error?.went_back_to : undefined
  return at === undefined ? null : Date.parse(at)
}

function isUnknownCursor(answer: NotOk & { kind: string }): answer is Extract<NotOk, { kind: 'error' }> {
  // The cursor is the only part of the question that a platform can find malformed.
  return answer.kind === 'error' && (answer.status === 410 || answer.status === 400)
}

/** 404 `billing_unavailable` and its like, 403 `forbidden`: this platform does not have it, or this role may not see it, which is no trouble. */
function isWithheld(answer: NotOk): boolean {
  return answer.kind === 'error' && (answer.status === 404 || (answer.status === 403 && answer.error?.code === 'forbidden'))
}
