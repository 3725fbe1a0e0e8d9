import type { Clipboard } from 'electron'
import { refuseUnknown } from '../surface.ts'

let text = ''

export const clipboard = refuseUnknown('clipboard', {
  readText: async () => text,
  async writeText(written) {
    text = written
  },
} satisfies Pick<Clipboard, 'readText' | 'writeText'>)
