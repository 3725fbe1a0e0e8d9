import type { Shell } from 'electron'
import { recorded } from '../recorded.ts'
import { refuseUnknown } from '../surface.ts'

export const shell = refuseUnknown('shell', {
  async openExternal(url) {
    if (!URL.canParse(url)) throw new Error('Invalid URL')
    recorded.openedExternally.push(url)
  },
  showItemInFolder(path) {
    recorded.shownInFolder.push(path)
  },
} satisfies Pick<Shell, 'openExternal' | 'showItemInFolder'>)
