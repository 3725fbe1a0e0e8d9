import type { Clipboard } from 'electron'
import { machine } from '../machine.ts'
import { refuseUnknown } from '../surface.ts'

let text = ''

/** Promises since Electron 44 (docs/breaking-changes.md). */
export const clipboard = refuseUnknown('clipboard', {
  readText: async () => text,
  async writeText(written) {
    if (!machine.clipboard) throw new Error('Failed to write to the clipboard')
    text = written
  },
} satisfies Pick<Clipboard, 'readText' | 'writeText'>)
