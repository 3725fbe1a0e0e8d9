import type { AuditChain } from '../../../shared/contract/console/audit.ts'
import { format } from '../../base/format/format.ts'

export const auditTexts = {
  title: 'Audit log',
  lead: 'Who did what in this workspace, on hand without a network.',
  table: 'Audit log entries, newest first',
  columns: { open: 'Open', at: 'When', action: 'Action', actor: 'Who', target: 'What', metadata: 'Details' },
  system: 'System',
  filters: {
    label: 'Filter the audit log',
    search: 'Search',
    searchHint: 'Words in actions, people, targets and details',
    clearSearch: 'Clear the search',
    action: 'Action',
    anyAction: 'Any action',
    actionWithCount: (action: string, count: number) => `${action} (${format.count(count)})`,
    from: 'From',
    to: 'To',
    clear: 'Clear filters',
  },
  total: (total: number, isExact: boolean) => (isExact ? format.counted(total, 'entry', 'entries') : `More than ${format.counted(total, 'entry', 'entries')}`),
  empty: {
    title: 'Nothing has been written down yet',
    text: 'Plan changes, settings, devices, keys and what else is done in this workspace appear here, with who did it and when.',
    filteredTitle: 'No entry fits these filters',
  },
  entry: {
    open: (sequence: number) => `Details of entry ${format.count(sequence)}`,
    details: (sequence: number) => `Details of entry ${format.count(sequence)}`,
    recent: (sequences: readonly number[]) =>
      `Audit ${sequences.length === 1 ? 'entry' : 'entries'} ${sequences.map((one) => format.count(one)).join(' and ')}`,
    unknownTitle: (sequence: number) => `Entry ${format.count(sequence)} is not on this computer`,
    unknown: 'It may belong to another workspace, may have been removed by the retention period, or has not been fetched yet.',
    sequence: 'Entry',
    at: 'Time (UTC)',
    actor: 'Who',
    target: 'What',
    hash: 'Hash',
    metadata: 'Metadata',
  },
  chain: {
    verified: ({ first, last, removedCount }: AuditChain) =>
      `Verified on this computer: ${format.counted(last - removedCount, 'entry', 'entries')} in one unbroken chain${removedCount > 0 ? ` from entry ${format.count(first)} on` : ''}.`,
    checking: ({ verified, last, removedCount }: AuditChain) =>
      `Verifying on this computer: ${format.count(verified - removedCount)} of ${format.counted(last - removedCount, 'entry', 'entries')}.`,
    removed: (count: number) => `${format.counted(count, 'older entry was', 'older entries were')} removed by the retention period.`,
    checkedAt: 'Checked',
    recheck: 'Verify again',
    brokenTitle: (sequence: number) => `The chain does not hold at entry ${format.count(sequence)}`,
    brokenReasons: {
      changed:
        'The entry does not have the hash that its content gives: it, or the one before it, was changed after it was written. Entries are shown as the platform sent them.',
      missing: 'An entry is missing that no retention period accounts for. Entries are shown as the platform sent them.',
      rewritten:
        'The platform now says something else than this computer had verified before. If the platform was set up anew, verify again to follow its log as it is now.',
    } satisfies Record<NonNullable<AuditChain['broken']>['reason'], string>,
  },
  retention: {
    title: 'Kept',
    forever: 'for ever',
    days: (days: number) => `for ${format.counted(days, 'day', 'days')}`,
    change: 'Change how long',
    dialog: 'How long entries are kept',
    field: 'Keep entries',
    choices: { '': 'For ever', '30': '30 days', '90': '90 days', '180': '180 days', '365': '1 year', '1095': '3 years' },
    other: (days: string) => `${days} days`,
    loses: (count: string) => `${count} are older than that. They are removed at the platform and on every computer, and cannot be brought back.`,
    losesNothing: 'No entry is older than that today. Entries are removed at the platform and on every computer as they pass it, and cannot be brought back.',
    keeps: 'Nothing is removed from now on. What is gone already does not come back.',
    submit: 'Keep to this',
    saved: 'The edit is queued and leaves with the next sync.',
    pending: (before: string) => `The platform still keeps entries ${before}.`,
    undo: 'Undo the edit',
  },
  export: {
    sheetNote: 'In words; nothing in it is taken for a formula',
    programsNote: 'With ids, every field exactly as it is',
    json: 'JSON',
    jsonNote: 'The same, with details that can be searched',
    progress: 'Export progress',
    running: (done: number, total: string) => `${format.count(done)} of ${total} written`,
    cancel: 'Cancel the export',
    done: (fileName: string, count: number) => `${fileName} holds ${format.counted(count, 'entry', 'entries')}`,
    cancelled: 'The export was cancelled; no file was made.',
  },
  finds: {
    export: 'Export the audit log (CSV)',
    verify: 'Verify the audit log again',
    verifying: 'The audit log is being verified again.',
  },
} as const
