import type { ItemKind, ItemState } from '../../../shared/contract/console.ts'
import { format } from '../format/format.ts'

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

/** What more than one part of the console says. What belongs to one page or to the shell lies beside it. */
export const sharedTexts = {
  product: 'Tidemark',
  /** The product in one sentence. */
  productIs: 'Tidemark keeps what your agents write sealed on this computer, delivers it, and says what it costs and when a limit is near.',
  states,
  kinds,
  asOf: (at: string) => `As of ${at}`,
  /** After “as of” and “from”. */
  unknownTime: 'an unknown time (the clock of this computer was wrong)',
  copyFailed: 'Copying was not allowed here. The text is selected: copy it with the keyboard.',
  wholeNumber: (min: number, max: number) => `Enter a whole number from ${format.count(min)} to ${format.count(max)}.`,
  rename: { title: (name: string) => `Rename ${name}`, name: 'Name' },
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
  exported: { menu: 'Export', forSpreadsheets: 'CSV for spreadsheets', forPrograms: 'CSV for programs' },
  table: {
    toNewest: 'To the newest',
    loading: 'Loading',
    printed: (printed: string, total: string) => `${printed} of ${total} rows are printed here. An export has all of them.`,
  },
  connection: {
    token: 'Token',
    signIn: 'Sign in',
    /** Away from a page. */
    offlineNow: 'Offline: this needs an answer from the platform.',
    signedOutNow: 'Signed out: this needs an answer from the platform.',
    notOnlineNow: 'Not connected: this needs an answer from the platform.',
    offlineReason: 'Offline: this needs an answer from the platform. Everything else on this page works.',
    signedOutReason: 'Signed out: this needs an answer from the platform. Sign in again first; everything else on this page works.',
    notOnlineReason: 'Not connected: this needs an answer from the platform. Everything else on this page works.',
  },
  theme: { label: 'Appearance', auto: 'System', light: 'Light', dark: 'Dark' },
  vault: {
    lockedTitle: 'The vault is locked',
    lockedText: 'Reviewing, syncing, upgrading and the delivery of sealed writes go on. Agents’ new writes and names of memories wait for the passphrase.',
    passphrase: 'Passphrase',
    unlock: 'Unlock',
  },
} as const
