import type { UpdateChannel } from '../../../../shared/contract/console/desktop.ts'
import { format } from '../../../base/format/format.ts'

export const desktopTexts = {
  window: {
    title: 'Desktop window',
    note: 'How the program behaves on this computer.',
    startAtLogin: 'Start when you sign in',
    startAtLoginText: 'It waits in the tray, takes what agents write and sends what is queued.',
    keepRunning: 'Keep running when the window is closed',
    keepRunningText: 'Agents can go on writing and held writes can leave. Quit from the tray or the menu.',
    log: 'Log of the program',
    logText: (path: string) => `${path}. Its end can be saved with the versions of everything, without keys, tokens or names; nothing is sent.`,
    save: 'Save the log',
  },
  updates: {
    title: 'Updates',
    note: 'A newer version is downloaded only when you say so. Each request to the update server stands in the list of what left this computer.',
    version: 'Version',
    state: {
      unavailable: 'This program cannot update itself.',
      idle: 'Not looked for yet.',
      checking: 'Looking for a newer version …',
      current: 'This is the newest version for this computer.',
      available: 'A newer version is there.',
      downloading: 'Downloading …',
      ready: 'Downloaded and verified.',
      failed: 'That did not work.',
    },
    checkedAt: (at: string) => `Looked ${at}.`,
    offered: (version: string, released: string | null, sizeBytes: number | null) =>
      [`Version ${version}`, released === null ? null : `of ${released}`, sizeBytes === null ? null : format.bytes(sizeBytes)]
        .filter((part) => part !== null)
        .join(', '),
    notes: 'What is new',
    noNotes: 'Its makers say nothing about it.',
    check: 'Look now',
    download: 'Download',
    again: 'Download again',
    progress: 'Download of the newer version',
    now: 'Restart now',
    nextQuit: 'Install at the next quit',
    atNextQuit: 'It takes over when you quit.',
    restarting: 'Restarting …',
    channel: 'Channel',
    channelText: 'Going back from beta installs nothing older: the next release takes over.',
    channels: { latest: 'Releases', beta: 'Beta' } satisfies Record<UpdateChannel, string>,
    automatic: 'Look once a day',
    automaticText: 'Two small requests a day to the update server. They say nothing about you or this computer.',
  },
} as const
