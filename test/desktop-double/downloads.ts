import { browser } from './browser.ts'
import { makeEvent } from './event.ts'
import { defaultSession } from './session.ts'
import { refuseUnknown } from './surface.ts'
import { toApplication } from './urls.ts'
import { WebContents } from './web-contents.ts'

/** Asks the application about every file that a page would save; Chromium saves it, or is told not to. */
export async function watchDownloads(): Promise<void> {
  const devtools = browser()
  devtools.on('', 'Browser.downloadWillBegin', ({ frameId, guid, url, suggestedFilename }) => {
    const contents = WebContents.getAllWebContents().find((one) => one.shows(frameId))
    // A download without a page of ours is Chromium's own.
    if (contents === undefined) return
    const event = makeEvent()
    const item = refuseUnknown('DownloadItem', { getURL: () => ofApplication(url), getFilename: () => suggestedFilename })
    defaultSession.emit('will-download', event, item, contents, contents.mainFrame)
    // It may be over already.
    if (event.defaultPrevented) devtools.send('Browser.cancelDownload', { guid }).catch(() => {})
  })
  // Playwright says later where the files go.
  await devtools.send('Browser.setDownloadBehavior', { behavior: 'default', eventsEnabled: true })
}

/** What a page made itself has an address inside the page's own. */
function ofApplication(url: string): string {
  return url.startsWith('blob:') ? `blob:${toApplication(url.slice('blob:'.length))}` : toApplication(url)
}
