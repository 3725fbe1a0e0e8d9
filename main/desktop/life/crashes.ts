import { app, type BrowserWindow, dialog } from 'electron'
import { copyText } from './copy-text.ts'
import type { CrashPolicy } from './crash-policy.ts'
import { startAgain } from './start-again.ts'
import type { PageKeeper } from '../window/page-keeper.ts'

/** Of one run. The first ones say what happened; a thousand more would push them out of the log. */
const MOST_REPORTS = 20

export type CrashesInput = {
  window: BrowserWindow
  pages: PageKeeper
  policy: CrashPolicy
  diagnostics: () => string
  report: (line: string) => void
  /** Stops the engine in order. */
  quit: () => Promise<void>
}

/**
 * What to do when a part of the program dies. The engine's data is on disk before anything is acknowledged, so the window can simply be loaded
 * again. No crash dump is collected: it would hold what lay in memory, keys included.
 */
export function watchCrashes({ window, pages, policy, diagnostics, report, quit }: CrashesInput): void {
  // The new document, not the wish for one: a navigation that was refused leaves the old page listening.
  window.webContents.on('did-navigate', () => pages.windowGone())
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    report(`The window's process ended: ${reason} (${exitCode})`)
    pages.windowGone()
    if (reason === 'clean-exit' || window.isDestroyed()) return
    if (policy.crashed(Date.now()) === 'again') return window.webContents.reload()
    ask('The window stopped several times', 'What was saved is safe; only the window is affected.', [
      'Load it again',
      'Copy diagnostics and load it again',
      'Quit',
    ])
      .then(async (choice) => {
        if (choice === 2) return app.quit()
        if (choice === 1) await copyText(diagnostics(), report)
        policy.forget()
        if (!window.isDestroyed()) window.webContents.reload()
      })
      .catch(() => report('Nobody could be asked about the window'))
  })
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    if (reason !== 'clean-exit') report(`A helper process ended: ${type}, ${reason} (${exitCode})`)
  })

  let failures = 0
  const onFailure = (error: unknown): void => {
    failures += 1
    // Where reporting is what fails, each report would bring the next failure: it ends here.
    if (failures <= MOST_REPORTS) report(`Unexpected: ${describe(error)}`)
    // The first one decides; what follows while everything is being stopped is only written down.
    if (failures > 1) return
    quit()
      .then(() =>
        ask('Tidemark met an error that it did not expect', 'What was saved is safe. It has to be started again.', [
          'Start again',
          'Copy diagnostics and start again',
          'Quit',
        ]),
      )
      .then(async (choice) => {
        // Awaited: the exit would cut the copying off.
        if (choice === 1) await copyText(diagnostics(), report)
        if (choice !== 2) startAgain()
        app.exit(1)
      })
      // Everything is stopped: a program that stayed would be a dead one.
      .catch(() => app.exit(1))
  }
  process.on('uncaughtException', onFailure)
  process.on('unhandledRejection', onFailure)
}

async function ask(message: string, detail: string, buttons: string[]): Promise<number> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Tidemark',
    message,
    detail,
    buttons,
    defaultId: 0,
    cancelId: buttons.length - 1,
    noLink: true,
  })
  return response
}

/** Name and place. The message is left out: it may hold what a person wrote. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const places = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? []
  return [error.name, ...places.slice(0, 6).map((line) => line.trim())].join(' ')
}
