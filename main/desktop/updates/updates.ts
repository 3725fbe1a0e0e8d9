import { setTimeout as wait } from 'node:timers/promises'
import type { AppUpdater, UpdateInfo } from 'electron-updater'
import type { UpdateChannel, UpdateStatus } from '../../../shared/contract/console/desktop.ts'

export type Updates = {
  status(): UpdateStatus
  check(): Promise<UpdateStatus>
  /** Begins; progress is told through `changed`. */
  download(): Promise<UpdateStatus>
  install(when: 'now' | 'next_quit'): Promise<UpdateStatus>
  setChannel(channel: UpdateChannel): UpdateStatus
  setAutomatic(on: boolean): UpdateStatus
  /** Asks by itself from now on, where a person has not turned that off. */
  start(): void
  stop(): void
}

export type UpdatesInput = {
  version: string
  /** Why this program cannot update itself; null: it can. */
  unavailable: string | null
  settings: {
    get(): { updateChannel: UpdateChannel; updateAutomatically: boolean }
    set(changes: { updateChannel?: UpdateChannel; updateAutomatically?: boolean }): void
  }
  /** Called once, when an updater is first needed. */
  loadUpdater: () => Promise<AppUpdater>
  /** Lets a downloaded version take over when the program ends. */
  installAtQuit: (updater: AppUpdater) => Promise<void> | void
  /**
   * Puts the downloaded version in place and ends this program, which starts again as the new one. What must not be cut off is stopped by that
   * end, and not before it: a version that cannot be put in place must leave everything running.
   *
   * @throws when it was not put in place
   */
  installNow: (updater: AppUpdater) => Promise<void>
  changed: (status: UpdateStatus) => void
  report: (line: string) => void
  now: () => number
  /** Milliseconds: the first look after the start, and those after it. */
  rhythm?: { firstMs: number; eachMs: number }
}

const everyDay = { firstMs: 60_000, eachMs: 24 * 60 * 60_000 }
/** A download that brings nothing for this long has died without saying so. */
const silentForMs = 60_000
const longestNotes = 20_000

/**
 * Newer versions of the program. Nothing is downloaded and nothing replaced before a person says so; every request stands in the log of what
 * leaves.
 */
export function createUpdates({
  version,
  unavailable,
  settings,
  loadUpdater,
  installAtQuit,
  installNow,
  changed,
  report,
  now,
  rhythm = everyDay,
}: UpdatesInput): Updates {
  let status: UpdateStatus = {
    version,
    channel: settings.get().updateChannel,
    automatic: settings.get().updateAutomatically,
    state: unavailable === null ? 'idle' : 'unavailable',
    detail: unavailable,
    checkedAt: null,
    offered: null,
    percent: null,
    install: null,
  }
  let loading: Promise<AppUpdater> | null = null
  const stopping = new AbortController()

  const change = (changes: Partial<UpdateStatus>): UpdateStatus => {
    status = { ...status, ...changes }
    changed(status)
    return status
  }
  const fail = (error: unknown): UpdateStatus => {
    report(`Update: ${error instanceof Error ? error.name : 'failed'}${codeOf(error)}`)
    return change({ state: 'failed', detail: inWords(error), percent: null })
  }
  const failInstall = (error: unknown): UpdateStatus => {
    report(`Update: not put in place, ${error instanceof Error ? error.name : 'failed'}${codeOf(error)}`)
    return change({ state: 'failed', detail: installInWords(error), percent: null, install: null })
  }
  const updater = (): Promise<AppUpdater> => {
    loading ??= loadUpdater().then((loaded) => {
      useChannel(loaded, status.channel)
      // What it calls an error is also thrown at whoever asked, but for one of the installation, which may come when nobody asks any more.
      // Without a listener it would end the program.
      loaded.on('error', (error) => {
        if (status.install !== null) failInstall(error)
      })
      return loaded
    })
    loading.catch(() => {
      loading = null
    })
    return loading
  }
  const busy = (): boolean => status.state === 'unavailable' || status.state === 'checking' || status.state === 'downloading'

  const check = async (): Promise<UpdateStatus> => {
    // What was downloaded stays on offer: looking again would only throw it away.
    if (busy() || status.state === 'ready') return status
    change({ state: 'checking', detail: null })
    try {
      const result = await (await updater()).checkForUpdates()
      const info = result?.isUpdateAvailable === true ? result.updateInfo : null
      return change({ state: info === null ? 'current' : 'available', checkedAt: now(), offered: info === null ? null : offerOf(info) })
    } catch (error) {
      return fail(error)
    }
  }

  const fetchFile = async (): Promise<void> => {
    try {
      const [loaded, { CancellationToken }] = await Promise.all([updater(), import('builder-util-runtime').then((module) => module.default)])
      const token = new CancellationToken()
      let silence = setTimeout(() => token.cancel(), silentForMs)
      const progressed = ({ percent }: { percent: number }): void => {
        clearTimeout(silence)
        silence = setTimeout(() => token.cancel(), silentForMs)
        const whole = Math.max(0, Math.min(100, Math.floor(percent)))
        if (status.state === 'downloading' && whole !== status.percent) change({ percent: whole })
      }
      loaded.on('download-progress', progressed)
      // It listens for the end of the program only if this is on while it downloads; whether it acts then is decided by `install`.
      loaded.autoInstallOnAppQuit = process.platform !== 'darwin'
      try {
        await loaded.downloadUpdate(token)
      } finally {
        clearTimeout(silence)
        loaded.off('download-progress', progressed)
        loaded.autoInstallOnAppQuit = false
      }
      change({ state: 'ready', percent: null, detail: null })
    } catch (error) {
      fail(error)
    }
  }

  return {
    status: () => status,
    check,
    async download() {
      const wasFailed = status.state === 'failed' && status.offered !== null
      if (status.state !== 'available' && !wasFailed) return status
      change({ state: 'downloading', percent: 0, detail: null })
      void fetchFile()
      return status
    },
    async install(when) {
      if (status.state !== 'ready') return status
      const loaded = await updater()
      change({ install: when })
      if (when === 'next_quit') {
        await installAtQuit(loaded)
        return status
      }
      try {
        await installNow(loaded)
      } catch (error) {
        if (status.install !== null) failInstall(error)
      }
      return status
    },
    setChannel(channel) {
      if (busy() || channel === status.channel) return status
      settings.set({ updateChannel: channel })
      loading
        ?.then((loaded) => {
          useChannel(loaded, channel)
          // What was downloaded from the other channel, and perhaps chosen for the next quit, is not wanted any more.
          loaded.autoInstallOnAppQuit = false
        })
        // Whoever asked for it was told.
        .catch(() => undefined)
      return change({ channel, state: 'idle', offered: null, detail: null, install: null })
    },
    setAutomatic(on) {
      settings.set({ updateAutomatically: on })
      return change({ automatic: on })
    },
    start() {
      if (unavailable !== null) return
      void (async () => {
        for (let delayMs = rhythm.firstMs; ; delayMs = rhythm.eachMs) {
          await wait(delayMs, undefined, { signal: stopping.signal, ref: false })
          if (status.automatic) await check()
        }
      })().catch(() => undefined)
    },
    stop: () => stopping.abort(),
  }
}

/** Setting a channel allows older versions (electron-updater takes it for the wish to go back): that is turned off again, each time. */
function useChannel(updater: AppUpdater, channel: UpdateChannel): void {
  updater.channel = channel
  updater.allowDowngrade = false
  updater.allowPrerelease = channel === 'beta'
}

function offerOf({ version, releaseDate, releaseNotes, files }: UpdateInfo): UpdateStatus['offered'] {
  const releasedAt = Date.parse(releaseDate)
  const notes = typeof releaseNotes === 'string' ? releaseNotes : (releaseNotes ?? []).map((entry) => `${entry.version}\n${entry.note ?? ''}`).join('\n\n')
  return {
    version,
    releasedAt: Number.isNaN(releasedAt) || releasedAt < 0 ? null : releasedAt,
    notes: notes.slice(0, longestNotes),
    sizeBytes: files[0]?.size ?? null,
  }
}

function inWords(error: unknown): string {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : ''
  if (error instanceof Error && error.name === 'UpdateRefused') return `${message} Nothing was changed.`
  if (code.includes('CHECKSUM')) return 'The downloaded file is not the one that was announced. It was deleted; download it again.'
  if (/cancel/i.test(message)) return 'The download stopped: nothing came for a minute. Download it again.'
  if (/\b404\b/.test(message)) return 'The update server has no list of versions for this channel.'
  if (/net::|ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|socket|network/i.test(`${code} ${message}`))
    return 'The update server cannot be reached. Everything else works without it.'
  return 'The update did not succeed. Nothing was changed.'
}

function installInWords(error: unknown): string {
  const code = codeOf(error)
  if (/E(ACCES|PERM|ROFS)/.test(code)) return 'The new version cannot be written to where this program lies. Nothing was changed; everything goes on.'
  if (/E(NOSPC|DQUOT)/.test(code)) return 'There is no room for the new version on the disk. Nothing was changed; everything goes on.'
  return 'The new version could not be put in place. This one goes on; download it again.'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : ''
}
