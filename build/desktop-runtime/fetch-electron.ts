import { fork } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DownloadMessage } from './download.process.ts'

export type FetchElectronInput = {
  packageFolder: string
  keptFolder: string
  /** A line of its own, or the same line once more where `again` is set and the terminal can do that. */
  say: (line: string, again?: boolean) => void
  /** A person who asks by name is not told of an earlier failure. */
  evenAfterFailure: boolean
  now?: () => number
  limits?: Limits
}

type Limits = {
  /** Nothing has come for this long. */
  silentMs: number
  /** Everything together. */
  wholeMs: number
  /** A failed download is not tried again before this has passed: each start would wait for it. */
  againAfterMs: number
}

const usualLimits: Limits = { silentMs: 20_000, wholeMs: 10 * 60_000, againAfterMs: 6 * 60 * 60_000 }

/** @returns null when the runtime is there now; else why not, in words that follow "because" */
export async function fetchElectron({
  packageFolder,
  keptFolder,
  say,
  evenAfterFailure,
  now = Date.now,
  limits = usualLimits,
}: FetchElectronInput): Promise<string | null> {
  const failureFile = `${keptFolder}.failed`
  const failedAt = readFailure(failureFile)
  if (!evenAfterFailure && failedAt !== null && failedAt <= now() && now() - failedAt < limits.againAfterMs)
    return 'the desktop’s runtime could not be downloaded a while ago (`npm start -- --desktop` tries it again)'
  say('The desktop needs Electron’s runtime (about 120 MB), once. `npm start -- --web` does without it.')
  const why = await download({ packageFolder, keptFolder, say, limits })
  if (why === null) rmSync(failureFile, { force: true })
  else {
    // On a line of its own, below the progress.
    say('The runtime was not downloaded.')
    noteFailure(failureFile, now())
  }
  return why
}

function download({ packageFolder, keptFolder, say, limits }: Pick<FetchElectronInput, 'packageFolder' | 'keptFolder' | 'say'> & { limits: Limits }) {
  const child = fork(join(import.meta.dirname, 'download.process.ts'), [packageFolder, keptFolder], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  return new Promise<string | null>((resolve) => {
    let why = ''
    const giveUp = (reason: string): void => {
      why ||= reason
      child.kill('SIGKILL')
    }
    const whole = setTimeout(() => giveUp(`the download of the desktop’s runtime took longer than ${inWords(limits.wholeMs)}`), limits.wholeMs)
    let silence = setTimeout(() => {}, 0)
    const heard = (): void => {
      clearTimeout(silence)
      silence = setTimeout(() => giveUp(`the download of the desktop’s runtime stopped: nothing came for ${inWords(limits.silentMs)}`), limits.silentMs)
    }
    let shownPercent = -1
    heard()
    child.on('message', (message: DownloadMessage) => {
      if (message.kind === 'progress') {
        heard()
        const { receivedBytes, totalBytes } = message
        const percent = totalBytes === null || totalBytes === 0 ? 0 : Math.floor((receivedBytes / totalBytes) * 100)
        if (percent === shownPercent || totalBytes === null) return
        shownPercent = percent
        say(`Downloading Electron: ${percent} % of ${Math.round(totalBytes / 1e6)} MB`, true)
      } else if (message.kind === 'unpacking') {
        clearTimeout(silence)
        say('Unpacking Electron …')
      } else why ||= failureWords(message)
    })
    // Ours may be stopped while it downloads: the child hears that its channel closes, and ends.
    child.once('error', (error) => (why ||= `the download of the desktop’s runtime could not be started (${error.message})`))
    child.once('close', (code) => {
      clearTimeout(whole)
      clearTimeout(silence)
      // A child that was killed in the middle could not tidy up.
      if (code !== 0) removeParts(dirname(keptFolder))
      resolve(code === 0 ? null : why || 'the download of the desktop’s runtime ended without a word')
    })
  })
}

function failureWords({ what, detail }: Extract<DownloadMessage, { kind: 'failed' }>): string {
  switch (what) {
    case 'unreachable':
      return 'the desktop’s runtime could not be downloaded: its server cannot be reached, or the line broke'
    case 'refused':
      return `the desktop’s runtime could not be downloaded: its server refused it (${detail.slice(0, 120)})`
    case 'wrong-content':
      return 'what came in the place of the desktop’s runtime is not what the electron package announces; it was thrown away'
    case 'disk':
      return `the desktop’s runtime could not be written (${detail.slice(0, 120)})`
    default:
      return `the desktop’s runtime could not be downloaded (${detail.slice(0, 120)})`
  }
}

function removeParts(folder: string): void {
  try {
    for (const name of readdirSync(folder)) if (name.startsWith(`.unpacking-${process.pid}-`)) rmSync(join(folder, name), { recursive: true, force: true })
  } catch {
    // What is left over costs room and nothing else.
  }
}

function readFailure(path: string): number | null {
  try {
    const at = Number(readFileSync(path, 'utf8').trim())
    return Number.isFinite(at) ? at : null
  } catch {
    return null
  }
}

function noteFailure(path: string, at: number): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, `${at}\n`)
  } catch {
    // Then the next start tries again.
  }
}

function inWords(ms: number): string {
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / 1000)} s`
}
