import type { Shell } from 'electron'
import { machine } from '../machine.ts'
import { recorded } from '../recorded.ts'
import { refuseUnknown } from '../surface.ts'

export const shell = refuseUnknown('shell', {
  async openExternal(url) {
    if (!URL.canParse(url)) throw new Error('Invalid URL')
    if (!machine.opensLinks) throw new Error('Failed to open URL: no application is registered for it')
    recorded.openedExternally.push(url)
  },
  showItemInFolder(path) {
    recorded.shownInFolder.push(path)
  },
} satisfies Pick<Shell, 'openExternal' | 'showItemInFolder'>)
