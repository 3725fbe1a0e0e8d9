import type { Dialog } from 'electron'
import { recorded } from '../recorded.ts'
import { refuseUnknown } from '../surface.ts'

/** A spec that expects a question replaces it with its answer, as it would in Electron. */
function unanswered(name: string): () => Promise<never> {
  return () => Promise.reject(new Error(`electron double: dialog.${name} was asked, and no spec answers it`))
}

export const dialog = refuseUnknown('dialog', {
  showMessageBox: unanswered('showMessageBox'),
  showSaveDialog: unanswered('showSaveDialog'),
  showErrorBox(title, content) {
    recorded.errorBoxes.push({ title, content })
    console.error(`${title}\n${content}`)
  },
} satisfies Pick<Dialog, 'showMessageBox' | 'showSaveDialog' | 'showErrorBox'>)
