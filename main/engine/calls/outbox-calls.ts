import type { QueueRow } from '../../../shared/contract/console.ts'
import type { ActivityLog } from '../activity/activity-log.ts'
import { heldBehindWords, meterName } from '../billing/meters.ts'
import type { ReleasePreviewsOf } from '../billing/plans/release-preview.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import type { Clock } from '../base/clock.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { MemoryTitles } from '../vault/memory-titles.ts'
import type { Drainer } from '../outbox/delivery/drainer.ts'
import type { CiphertextReader } from '../outbox/item.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { ItemView } from '../outbox/queue/queue-view.ts'
import { parsePayload, settingPayload } from '../outbox/payload.ts'
import type { Vault } from '../vault/vault.ts'

/** One export is one file in memory of the window; more is exported in parts, by filter. */
const EXPORT_MAX_BYTES = 200 * 1024 * 1024

export type OutboxCallParts = {
  view: WorkspaceViewOf
  releasePreviews: ReleasePreviewsOf
  outbox: Pick<Outbox, 'page' | 'item' | 'memory' | 'tally' | 'heldByAgent' | 'heldByMeter' | 'retry' | 'discard' | 'undoDiscard' | 'exportLines'>
  drainer: Pick<Drainer, 'drain' | 'troubles'>
  reader: CiphertextReader
  titles: MemoryTitles
  vault: Pick<Vault, 'subKeys'>
  activity: Pick<ActivityLog, 'add'>
  clock: Pick<Clock, 'now'>
}

export function outboxCalls(parts: OutboxCallParts): HandlersOf<'outbox'> {
  const { view, releasePreviews, outbox, drainer, reader, titles, vault, activity, clock } = parts
  return {
    'outbox.page': ({ workspaceId, filter, before, limit }) => {
      const { catalog } = view(workspaceId)
      const { rows, next, total } = outbox.page(workspaceId, filter, before, limit)
      const names = agentNames(vault, workspaceId)
      return { rows: rows.map((row) => queueRow(row, names, catalog, shortTitle(row), versionsOf(outbox, row).length)), next, total }
    },
    'outbox.item': async ({ workspaceId, id }) => {
      const { catalog } = view(workspaceId)
      const found = outbox.item(workspaceId, id)
      if (found === null) throw new ConsoleFailure('not_found', 'This item is not in the queue any more.', 'Look at the list again.')
      const { [id]: title = shortTitle(found.item) } = await titles.read(workspaceId, [id])
      const setting = settingOf(found.item)
      const versions = versionsOf(outbox, found.item)
      return {
        row: queueRow(found.item, agentNames(vault, workspaceId), catalog, title, versions.length),
        versions: versions.length > 1 ? versions : [],
        attempts: found.attempts,
        undoable: found.undoable,
        mine: setting?.value ?? null,
        theirs: setting?.serverValue ?? null,
      }
    },
    'outbox.titles': ({ workspaceId, ids }) => titles.read(view(workspaceId).record.id, ids),
    'outbox.tally': ({ workspaceId }) => {
      const { catalog } = view(workspaceId)
      const names = agentNames(vault, workspaceId)
      return {
        tally: outbox.tally(workspaceId),
        drain: drainer.drain(workspaceId),
        troubles: drainer.troubles(workspaceId),
        heldByAgent: outbox.heldByAgent(workspaceId).map(({ subKeyId, count, bytes }) => ({ subKeyId, name: agentName(names, subKeyId), count, bytes })),
        heldByMeter: outbox.heldByMeter(workspaceId).map(({ meter, count, bytes }) => ({ meter: meter ?? '', name: meterName(catalog, meter), count, bytes })),
      }
    },
    'outbox.retry': async ({ workspaceId, selection }) => ({ count: await outbox.retry(workspaceId, selection) }),
    'outbox.discard': async ({ workspaceId, selection }) => {
      const discarded = await outbox.discard(workspaceId, selection)
      if (discarded.count > 0)
        activity.add(workspaceId, 'discarded', `Discarded ${discarded.count.toLocaleString('en-US')} ${discarded.count === 1 ? 'write' : 'writes'}.`)
      return discarded
    },
    'outbox.undoDiscard': async ({ workspaceId, undoToken }) => ({ count: await outbox.undoDiscard(workspaceId, undoToken) }),
    'outbox.export': async ({ workspaceId, selection }) => {
      view(workspaceId)
      const lines: string[] = []
      let sizeBytes = 0
      for await (const line of outbox.exportLines(workspaceId, selection, reader)) {
        sizeBytes += line.length
        if (sizeBytes > EXPORT_MAX_BYTES)
          throw new ConsoleFailure(
            'export_too_large',
            'This is more than one file can take (200 MB).',
            'Choose fewer items, for instance one agent or one state.',
          )
        lines.push(line)
      }
      return {
        fileName: `tidemark-outbox-${new Date(clock.now()).toISOString().slice(0, 10)}.jsonl`,
        text: lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join(''),
      }
    },
    'outbox.releasePreview': ({ workspaceId }) => releasePreviews(view(workspaceId)),
  }
}

function agentNames(vault: Pick<Vault, 'subKeys'>, workspaceId: string): Map<string, string> {
  return new Map(vault.subKeys.list(workspaceId).map(({ id, name }) => [id, name]))
}

function agentName(names: ReadonlyMap<string, string>, subKeyId: string | null): string {
  if (subKeyId === null) return 'This console'
  return names.get(subKeyId) ?? `Sub-key ${subKeyId.slice(0, 8)}`
}

/** What stands side by side in an envelope's memory, itself among them; empty where another version has replaced it, and nobody asks which is read. */
function versionsOf(outbox: Pick<Outbox, 'memory'>, item: ItemView): { id: string; revision: number; createdAt: number; isRead: boolean }[] {
  const contents = item.kind !== 'envelope' || item.memoryRef === null ? null : outbox.memory(item.workspaceId, item.memoryRef)
  if (contents === null) return []
  const { read, others } = contents
  const heads = [...(read === null ? [] : [read]), ...others]
  if (!heads.some(({ id }) => id === item.id)) return []
  return heads.map(({ id, revision, createdAt }) => ({ id, revision, createdAt, isRead: id === read?.id }))
}

function queueRow(
  item: ItemView,
  names: ReadonlyMap<string, string>,
  catalog: Parameters<typeof heldBehindWords>[0],
  title: string,
  versionCount: number,
): QueueRow {
  return {
    id: item.id,
    sequence: item.sequence,
    kind: item.kind,
    state: item.state,
    title,
    subKeyId: item.subKeyId,
    subKeyName: item.kind === 'setting' ? null : agentName(names, item.subKeyId),
    revision: item.revision,
    versions: Math.max(1, versionCount),
    sizeBytes: item.sizeBytes,
    attempts: item.attempts,
    nextAt: item.nextAt,
    heldBy: item.heldBy,
    reason: item.heldBehind === null ? item.reason : heldBehindWords(catalog, item.heldBehind),
    createdAt: item.createdAt,
    deliveredAt: item.deliveredAt,
    behind: item.behind,
  }
}

function shortTitle(item: ItemView): string {
  if (item.kind === 'setting') return item.lane.slice('setting:'.length)
  const reference = item.memoryRef?.slice(0, 10) ?? item.id.slice(0, 8)
  return `${item.kind === 'delete' ? 'Delete of memory' : 'Memory'} ${reference}`
}

function settingOf(item: ItemView): { value: string; serverValue: string | null } | null {
  if (item.kind !== 'setting') return null
  const payload = parsePayload(settingPayload, item.payload)
  return payload === null ? null : { value: payload.value, serverValue: payload.serverValue?.value ?? null }
}
