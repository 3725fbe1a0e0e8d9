import type { CallOutput } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'

type AuditLine = CallOutput<'honesty.audit'>['lines'][number]
const countOf = (value: number | null, unit: string) => (value === null ? 'not known' : unit === 'bytes' ? format.exactBytes(value) : format.count(value))

export const honestyTexts = {
  title: 'Honesty',
  lead: 'What the platform knows about you, what it does not, and everything that ever left this computer.',
  known: {
    title: 'What is known where',
    note: 'The platform knows plan, checkout and counts. Everything else never leaves this device in the clear. In the words of the trade the first is Layer A.',
    columns: { figure: 'Figure', server: 'Platform', device: 'This device' },
    yes: 'Known',
    no: 'Not known',
    sealed: 'Ciphertext only',
    hashed: 'Keyed hash only',
    counted: 'Count and size only',
    idOnly: 'Random id only',
    rows: {
      plan: 'Plan, price, period, payment status',
      checkout: 'Checkout sessions and invoices',
      memories: 'Contents of memories',
      names: 'Ids and names of memories, file names, content types',
      keys: 'Keys, passphrase, sub-key secrets',
      agents: 'Names of agents and devices',
      held: 'What is held on this computer, and its attempts',
    },
  },
  leaving: {
    title: 'What may leave, field by field',
    note: 'The console sends only through this list. A field that is not in it cannot leave.',
    columns: { request: 'Request', fields: 'Fields that leave' },
    none: 'Nothing beside the token of the sign-in',
    show: 'Show all requests',
    hide: 'Show fewer',
  },
  audit: {
    title: 'This device’s count against the platform’s',
    note: (at: string | null) =>
      at === null
        ? 'Not compared yet: it needs the platform’s counters once.'
        : `Compared at ${at}. This device counts its own envelopes without the platform’s help.`,
    columns: { meter: 'Limit', device: 'This device counts', platform: 'Platform counts', verdict: 'Verdict' },
    verdicts: { agrees: 'Agrees', drift: 'Differs', unknown: 'Not known' },
    count: countOf,
    difference: (line: AuditLine) =>
      line.deviceCount === null || line.platformCount === null ? '' : `Difference: ${countOf(Math.abs(line.deviceCount - line.platformCount), line.unit)}`,
    empty: 'There is nothing to compare yet. It begins with the first delivered write.',
    notOffered:
      'The platform of this workspace stores nothing of this device, so there is no count to hold against its own. What this computer sent to it is listed below.',
  },
  key: {
    title: 'What protects the key',
    protectedBy: (words: string) => `Protected by: ${words}`,
    withoutKeyring: 'This computer has no keyring: a passphrase, set in Settings, is what would protect the key.',
    states: {
      empty: 'There is no key yet. It is made with the first sub-key or import.',
      locked: 'Locked. Billing, review and the delivery of sealed writes work without it.',
      unlocked: 'Unlocked.',
    },
    backup: (at: string | null) =>
      at === null ? 'The key has never been backed up. Without a backup, a lost computer is a lost memory.' : `Last backed up ${at}.`,
    passphrase: { true: 'A passphrase is asked for at each start.', false: 'No passphrase is set.' },
    toSettings: 'Keys and backup',
  },
  window: {
    title: 'What holds the window',
    processSandbox: {
      true: 'Chromium’s process sandbox: whoever took the page over would still reach no file and no other program of yours.',
      false:
        'Chromium’s process sandbox is off: this program was started with --no-sandbox, or the system forbids the sandbox. The other guards stand, but one that breaks out of the page could do what you can do.',
    },
  },
  egress: {
    title: 'Everything that left this computer',
    note: (total: number, bytes: number) =>
      `${format.counted(total, 'request', 'requests')}, ${format.bytes(bytes)}. Each is written down before it is sent. After 30 days they are summed up by day.`,
    table: 'Requests that left this computer',
    columns: { at: 'Time', purpose: 'Why', request: 'Request', host: 'To', fields: 'Fields', bytes: 'Sent', status: 'Answer', duration: 'Took' },
    noAnswer: 'none',
    requests: (count: number) => `${format.count(count)} ×`,
    noFields: '–',
    milliseconds: (ms: number) => `${format.count(ms)} ms`,
    empty: 'Nothing has left this computer yet.',
    everyWorkspace: 'Of every workspace',
  },
} as const
