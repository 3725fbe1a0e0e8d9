import { fileTexts } from './texts.ts'
import { notifyDone } from '../notice/notify.ts'
import { download } from './download.ts'

/** Hands a file that was asked for outside a page to the person, and says so. */
export function saveFile({ fileName, text, mimeType }: { fileName: string; text: string; mimeType: string }): void {
  // The desktop host has written the file itself and answers no text.
  if (text !== '') download(fileName, text, mimeType)
  notifyDone(fileTexts.saved(fileName))
}
