import { format } from '../base/format/format.ts'

/** What the shell around the pages says. */
export const appTexts = {
  nav: {
    label: 'Main',
    skip: 'Skip to the page',
  },
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
    revokedTitle: 'This device was revoked',
    revokedText: 'Someone revoked this device at the platform. What was not delivered stays on this computer. Sign in with a token to register it again.',
  },
  palette: { open: 'Search pages and actions' },
  shortcuts: { title: 'Keyboard shortcuts', open: 'Keyboard shortcuts' },
  warnings: { label: 'Warnings', more: (count: number) => `and ${format.counted(count, 'more warning', 'more warnings')}` },
  notices: {
    released: (workspace: string | null) => `Release finished${workspace === null ? '' : `: ${workspace}`}`,
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
  notOffered: {
    title: 'This page is not for this workspace',
    text: (workspace: string) => `The platform of ${workspace} has nothing to show here. Workspaces on other platforms may.`,
  },
  notFound: { title: 'There is no such page', text: 'The address may be from another version.', home: 'To the overview' },
} as const
