import type { CallOutput, DeliveryRoute, QueueRow, RouteTrouble } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'

type Attempt = CallOutput<'outbox.item'>['attempts'][number]

const outcomes: Record<Attempt['outcome'], string> = {
  delivered: 'Delivered',
  duplicate: 'The platform already had it',
  waiting: 'No luck, waits',
  held: 'Held by a limit',
  rejected: 'Rejected',
  paused: 'Paused: sign-in needed',
}

const routes: Record<DeliveryRoute, string> = {
  envelopes: 'writes',
  deletes: 'deletes',
  settings: 'settings',
  alerts: 'alerts',
  alert_deletes: 'deletes of alerts',
}

function ownNote(row: QueueRow, at: (epochMs: number) => string): string {
  if (row.behind) return 'Waits behind an earlier write of the same memory'
  if (row.state === 'waiting' && row.nextAt !== null) return `Next try ${at(row.nextAt)}${row.reason ? ` · ${row.reason}` : ''}`
  return row.reason ?? ''
}

export const outboxTexts = {
  title: 'Outbox',
  lead: 'Every write of this computer. What the platform refuses for a limit is held here until there is room.',
  /** Where the platform takes no envelopes. */
  leadOfEdits: 'The platform of this workspace takes no files or writes of agents. Edits to settings and alerts wait here until it has them.',
  table: 'Writes in the outbox',
  columns: { choose: 'Choose', state: 'State', title: 'What', kind: 'Kind', agent: 'Agent', size: 'Size', attempts: 'Tries', created: 'Written', note: 'Note' },
  noAgent: 'This console',
  unknownAgent: 'Another agent',
  filters: {
    label: 'Filters',
    states: 'States',
    all: 'All',
    kind: 'Kind',
    anyKind: 'Every kind',
    meter: 'Limit',
    anyMeter: 'Any limit',
    agent: 'Agent',
    anyAgent: 'Every agent',
    clear: 'Clear filters',
  },
  total: (total: number) => format.counted(total, 'write', 'writes'),
  note(row: QueueRow, at: (epochMs: number) => string): string {
    const own = ownNote(row, at)
    const versions = row.versions ?? 1
    return [versions > 1 ? `${format.count(versions)} versions` : '', own].filter(Boolean).join(' · ')
  },
  selection: {
    label: 'Chosen writes',
    chosen: (count: number) => `${format.count(count)} chosen`,
    allMatching: (count: number | null) => (count === null ? 'All that match' : `All ${format.count(count)} that match`),
    chooseAll: (count: number) => `Choose all ${format.count(count)} that match`,
    none: 'Choose none',
    row: (title: string) => `Choose ${title}`,
    allBox: 'Choose all that match the filter',
  },
  actions: {
    retry: 'Retry',
    discard: 'Discard',
    export: 'Export',
    import: 'Import',
    retried: (count: number) => (count === 0 ? 'None of these can be tried again.' : `${format.counted(count, 'write is', 'writes are')} queued again.`),
    discarded: (count: number) => (count === 0 ? 'None of these can be discarded.' : `${format.counted(count, 'write was', 'writes were')} discarded.`),
    restored: (count: number) => `${format.counted(count, 'write is', 'writes are')} back in the outbox.`,
    exported: (fileName: string) => `Exported to ${fileName}`,
  },
  summary: {
    label: 'Summary',
    idle: 'Nothing is waiting to leave.',
    open: (queued: number, held: number, bytes: number) =>
      [
        queued > 0 ? `${format.counted(queued, 'write is', 'writes are')} on the way` : '',
        held > 0 ? `${format.count(held)} held (${format.bytes(bytes)})` : '',
      ]
        .filter(Boolean)
        .join(', '),
    heldBy: 'Held by agent and limit',
    byAgent: 'By agent',
    byMeter: 'By limit',
    line: (count: number, bytes: number) => `${format.counted(count, 'write', 'writes')}, ${format.bytes(bytes)}`,
    upgrade: 'What would an upgrade release?',
  },
  trouble: {
    title: ({ route, status }: RouteTrouble) => `The platform refuses all ${routes[route]} (${status})`,
    text: ({ message, nextAt, allTried }: RouteTrouble, at: (epochMs: number) => string) =>
      [
        `It says: “${message}”`,
        'This may be about the account, so nothing was given up: all of it is kept here, and one at a time is tried again.',
        allTried ? 'Each was tried, and none was taken: retry, discard or export them.' : '',
        `Next try ${at(nextAt)}.`,
      ]
        .filter(Boolean)
        .join(' '),
  },
  empty: {
    title: 'No writes yet',
    text: 'Give an agent a sub-key and let it write, or import files from this computer.',
    filteredTitle: 'No write matches these filters',
    subKey: 'Create a sub-key',
    toImport: 'Import files',
    editsTitle: 'No edit is waiting',
    edits: 'Change a setting or an alert, also offline: the edit is queued here and leaves by itself.',
    toSettings: 'Open settings',
  },
  details: {
    title: 'Write',
    recent: (kind: string, sequence: number) => `${kind} ${format.count(sequence)} in the outbox`,
    sequence: 'Number',
    revision: 'Revision',
    versions: (count: number) => `${format.count(count)} versions`,
    versionsText:
      'They were written without knowing of each other, so all are kept. Agents read the first; each of them can be read with ?version= and its id, and a write that names them with Tidemark-Replaces settles them.',
    versionRead: 'is read',
    versionKept: 'is kept',
    revisionOf: (revision: number) => `Revision ${format.count(revision)}`,
    size: 'Size',
    agent: 'Agent',
    kind: 'Kind',
    created: 'Written',
    delivered: 'Delivered',
    nextTry: 'Next try',
    heldBy: 'Held by',
    platformWords: 'The platform’s words',
    behind: 'It waits behind an earlier write of the same memory. They always leave in the order in which they were written.',
    attempts: 'Attempts',
    noAttempts: 'Not sent yet.',
    outcomes,
    answer: (attempt: Attempt) => [attempt.status === null ? 'no answer' : `HTTP ${attempt.status}`, attempt.code].filter(Boolean).join(' · '),
    conflict: 'Both sides changed this',
    conflictText: 'Since your edit was made, the platform got another one. Choose which is to stay.',
    mine: 'Yours',
    theirs: 'The platform’s',
    keepMine: 'Keep yours',
    keepTheirs: 'Keep the platform’s',
    gone: 'This write is no longer in the outbox: delivered writes are removed after a while.',
  },
  importing: {
    title: 'Import files',
    text: 'Each file becomes one memory. It is sealed on this computer before anything leaves it; the platform sees neither its name nor its content.',
    notOffered: 'The platform of this workspace takes no files. Choose a workspace whose platform does; nothing was read here.',
    files: 'Choose files',
    folder: 'Choose a folder',
    progress: 'Import progress',
    running: (done: number, total: number, bytes: number) => `${format.count(done)} of ${format.counted(total, 'file', 'files')}, ${format.bytes(bytes)}`,
    cancel: 'Cancel the import',
    states: {
      running: 'Importing',
      done: 'Import finished',
      cancelled: 'Import cancelled. What was sealed before stays in the outbox.',
      failed: 'The import stopped',
    },
    refused: (count: number) => `${format.counted(count, 'file was', 'files were')} refused`,
    another: 'Import more',
    nothing: 'There was no file to import.',
  },
  finds: {
    import: 'Import files',
    importCalled: 'add upload write',
    export: 'Export the outbox',
    held: 'Show what is held',
    rejected: 'Show what was rejected',
  },
} as const
