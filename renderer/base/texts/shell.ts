import type { Connection, ItemKind, ItemState, Workspace } from '../../../shared/contract/console.ts'
import { format } from '../format/format.ts'

export type ConnectionWords = { short: string; sentence: string; tone: 'good' | 'quiet' | 'amber' | 'red' }

/** Above this the clock of this computer is called wrong (protocol.md, "Errors"). */
const clockWarningMs = 2 * 60_000

function asOf(connection: Connection, nowMs: number): string {
  return connection.asOf === null ? 'Nothing has been fetched yet.' : `Data from ${format.moment(connection.asOf, nowMs)}.`
}

function saved(queue: Workspace['queue']): string {
  const open = queue.pending + queue.held + queue.rejected
  return open === 0 ? 'Everything you see is kept on this computer.' : `${format.counted(open, 'edit', 'edits')} saved on this computer.`
}

/** The badge says what still works, not only what does not (style.md, "The screen"). */
export function connectionWords(connection: Connection, queue: Workspace['queue'], nowMs: number): ConnectionWords {
  switch (connection.state) {
    case 'online':
      return connection.live === 'stream'
        ? { short: 'Online · live', sentence: 'Connected. Changes arrive as they happen.', tone: 'good' }
        : { short: 'Online · checking', sentence: 'Connected. Changes are asked for every few seconds.', tone: 'good' }
    case 'connecting':
      return { short: 'Connecting', sentence: `Connecting. ${asOf(connection, nowMs)}`, tone: 'quiet' }
    case 'offline':
      return { short: 'Offline', sentence: `Offline. ${saved(queue)} ${asOf(connection, nowMs)}`, tone: 'amber' }
    case 'signed_out':
      return { short: 'Signed out', sentence: `The sign-in has ended. ${saved(queue)} ${asOf(connection, nowMs)}`, tone: 'amber' }
    case 'device_revoked':
      return { short: 'Device revoked', sentence: `This device was revoked and may not sync. ${saved(queue)} ${asOf(connection, nowMs)}`, tone: 'red' }
    case 'problem':
      return {
        short: 'Connection problem',
        sentence: `${connection.detail ?? 'The platform cannot be reached.'} ${saved(queue)} ${asOf(connection, nowMs)}`,
        tone: 'amber',
      }
  }
}

/** The offset is known to about a second: "11 min" for ten minutes and half a second would be another number than the warning's. */
function wholeMinutes(ms: number): number {
  return Math.round(ms / 60_000) * 60_000
}

/** Words for a clock that is off by more than two minutes; null when it is right enough. `offsetMs`: platform minus this computer. */
export function clockWords(offsetMs: number | null): string | null {
  if (offsetMs === null || Math.abs(offsetMs) <= clockWarningMs) return null
  return `The clock of this computer is ${format.duration(wholeMinutes(Math.abs(offsetMs)))} ${offsetMs > 0 ? 'behind' : 'ahead of'} the platform’s. Times shown here may be wrong; nothing is lost by it.`
}

const states: Record<ItemState, string> = {
  pending: 'Queued',
  sending: 'Sending',
  waiting: 'Waiting',
  held: 'Held',
  rejected: 'Rejected',
  delivered: 'Delivered',
  discarded: 'Discarded',
}
const kinds: Record<ItemKind, string> = { envelope: 'Write', delete: 'Delete', setting: 'Setting' }

export const shellTexts = {
  product: 'Tidemark',
  states,
  kinds,
  nav: {
    label: 'Main',
    overview: 'Overview',
    usage: 'Usage',
    costs: 'Costs',
    invoices: 'Invoices',
    wallet: 'Wallet',
    alerts: 'Alerts',
    audit: 'Audit log',
    outbox: 'Outbox',
    devices: 'Devices & sub-keys',
    honesty: 'Honesty',
    settings: 'Settings',
    plans: 'Plans',
    tenants: 'Tenants',
    outboxBadge: (held: number, rejected: number) =>
      [held > 0 ? `${format.count(held)} held` : '', rejected > 0 ? `${format.count(rejected)} rejected` : ''].filter(Boolean).join(', ') || 'nothing held',
    skip: 'Skip to the page',
  },
  actions: {
    tryAgain: 'Try again',
    cancel: 'Cancel',
    close: 'Close',
    copy: 'Copy',
    copied: 'Copied',
    undo: 'Undo',
    save: 'Save',
    reload: 'Reload',
    dismiss: 'Dismiss',
  },
  table: { toNewest: 'To the newest', loading: 'Loading' },
  engine: {
    lostTitle: 'The console lost its engine',
    lostText:
      'It runs in the program that you started, and that program does not answer. What was written is safe on this computer. This page connects again by itself.',
    lostRetry: (seconds: number) => (seconds <= 0 ? 'Trying now' : `Next try in ${seconds} s`),
    refusedTitle: 'This tab is not connected to a console',
    refusedText: 'Open the link that the console printed when it started. A link works once and in one tab; run “npm start” again for a new one.',
  },
  crash: {
    title: 'This page stopped working',
    text: 'Something went wrong while it was drawn. Nothing that was written is lost: the engine runs apart from this window.',
    details: 'Details',
    again: 'Draw it again',
  },
  workspace: {
    label: 'Workspace: ',
    menu: 'Workspaces',
    add: 'Add a workspace',
    held: (count: number) => `${format.count(count)} held`,
  },
  connection: {
    label: 'Connection: ',
    details: 'Connection',
    platform: 'Platform',
    member: 'Signed in as',
    asOf: 'Data from',
    never: 'Nothing fetched yet',
    nextTry: 'Next try',
    syncNow: 'Sync now',
    signInTitle: 'Sign in again',
    signInText: 'The platform no longer accepts the token of this computer. Reviewing, editing and the agents’ writes go on; delivery waits for a new token.',
    token: 'Token',
    signIn: 'Sign in',
    revokedTitle: 'This device was revoked',
    revokedText: 'Someone revoked this device at the platform. What was not delivered stays on this computer. Sign in with a token to register it again.',
    offlineReason: 'Offline: this needs an answer from the platform. Everything else on this page works.',
  },
  theme: { label: 'Appearance', auto: 'System', light: 'Light', dark: 'Dark' },
  palette: { open: 'Search pages and actions' },
  shortcuts: { title: 'Keyboard shortcuts', open: 'Keyboard shortcuts' },
  warnings: { label: 'Warnings', more: (count: number) => `and ${format.counted(count, 'more warning', 'more warnings')}` },
  notices: {
    released: 'Release finished',
    releasedAll: (delivered: number) => `${format.counted(delivered, 'held write has', 'held writes have')} been delivered. Nothing is held any more.`,
    releasedSome: (delivered: number, heldAgain: number, meter: string | null) =>
      `${format.counted(delivered, 'write has', 'writes have')} been delivered, ${format.count(heldAgain)} are held again${meter ? ` by ${meter}` : ''}.`,
    imported: 'Import finished',
    importedText: (files: number) => `${format.counted(files, 'file is', 'files are')} sealed and in the outbox.`,
    requestAsked: (who: string, plan: string) => `${who} asks for ${plan}. Approve or decline it on the Plans page.`,
    requestAnswered: (plan: string, approved: boolean, by: string | null, answer: string | null) =>
      `${plan} was ${approved ? 'approved' : 'declined'}${by === null ? '' : ` by ${by}`}.${answer === null || answer === '' ? '' : ` “${answer}”`}`,
    restored: 'Restore finished',
    restoredText: (count: number) => `${format.counted(count, 'envelope is', 'envelopes are')} back on this computer.`,
  },
  vault: {
    lockedTitle: 'The vault is locked',
    lockedText: 'Reviewing, syncing, upgrading and the delivery of sealed writes go on. Agents’ new writes and names of memories wait for the passphrase.',
    passphrase: 'Passphrase',
    unlock: 'Unlock',
  },
  firstRun: {
    title: 'Add your first workspace',
    lead: 'A workspace is your account on one platform. Its data is then kept on this computer and can be read without a network.',
    addTitle: 'Add a workspace',
    url: 'Platform address',
    urlHint: 'For example https://billing.example.com',
    token: 'Token',
    tokenHint: 'A member’s token of that platform. It goes to the secret store of this computer and is never shown again.',
    add: 'Add workspace',
    urlInvalid: 'That is not a web address. It begins with https:// (or http:// on this computer).',
    tokenShort: 'A token has at least 8 characters.',
  },
  notOffered: {
    title: 'This page is not for this workspace',
    text: (workspace: string) => `The platform of ${workspace} has nothing to show here. Workspaces on other platforms may.`,
  },
  notFound: { title: 'There is no such page', text: 'The address may be from another version.', home: 'To the overview' },
} as const
