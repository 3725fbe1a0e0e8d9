/**
 * What the host answers by itself: its window, its updates, its place on this computer. The engine knows nothing of it, and a host
 * without a window of its own (the browser) answers `not_on_this_host`.
 */
import { z } from 'zod'
import { call } from '../call.ts'
import { done, epochMs, nothing } from '../primitives.ts'

/** A page of the console, as a link or a notification names it. */
export const wantedPage = z.strictObject({
  /** As in the fragment of the window's address, without the query: `/outbox`. */
  path: z.string().regex(/^\/(?:[a-z][a-z-]{0,31}(?:\/[a-z][a-z-]{0,31})?)?$/),
  /** Null: the workspace that is shown. */
  workspaceId: z.uuid().nullable(),
})
export type WantedPage = z.infer<typeof wantedPage>

export const engineState = z.strictObject({
  state: z.enum(['running', 'restarting', 'failed']),
  /** When it is started again; null when it runs, or when nobody will before a person asks. */
  retryAt: epochMs.nullable(),
  /** Where the log lies. */
  logPath: z.string(),
})
export type EngineState = z.infer<typeof engineState>

export const desktopStatus = z.strictObject({
  startAtLogin: z.boolean(),
  /** The window's end does not end the console: agents can go on writing. */
  keepRunning: z.boolean(),
  /** Why `keepRunning` cannot be changed here; null: it can. */
  keepRunningFixed: z.string().nullable(),
  /** Chromium's process sandbox holds the page; false: the program was started with `--no-sandbox`. */
  processSandbox: z.boolean(),
  engine: engineState,
})
export type DesktopStatus = z.infer<typeof desktopStatus>

/** What the system would have shown to a person who looks elsewhere, had it taken it. */
export const desktopNotice = z.strictObject({ title: z.string(), body: z.string(), page: wantedPage })
export type DesktopNotice = z.infer<typeof desktopNotice>

export const updateChannel = z.enum(['latest', 'beta'])
export type UpdateChannel = z.infer<typeof updateChannel>

export const updateStatus = z.strictObject({
  version: z.string(),
  channel: updateChannel,
  /** Ask once a day without being told to. */
  automatic: z.boolean(),
  /**
   * `unavailable`: this build cannot update itself, `detail` says why. `current`: nothing newer is offered to this computer.
   * `available`: a person may download it. `ready`: downloaded and verified. `failed`: `detail` says what went wrong; nothing was changed.
   */
  state: z.enum(['unavailable', 'idle', 'checking', 'current', 'available', 'downloading', 'ready', 'failed']),
  detail: z.string().nullable(),
  checkedAt: epochMs.nullable(),
  offered: z.strictObject({ version: z.string(), releasedAt: epochMs.nullable(), notes: z.string(), sizeBytes: z.int().nonnegative().nullable() }).nullable(),
  /** 0 to 100, while downloading. */
  percent: z.number().min(0).max(100).nullable(),
  /** When the downloaded version takes over; null: a person has not said. */
  install: z.enum(['now', 'next_quit']).nullable(),
})
export type UpdateStatus = z.infer<typeof updateStatus>

export const hostCalls = {
  /** The page that was asked for before the window could show it. Asked once when the window has started; later ones come as `desktop.page`. */
  'desktop.takePage': call(nothing, z.strictObject({ page: wantedPage.nullable() }), 'action'),
  'desktop.status': call(nothing, desktopStatus, { topics: ['desktop'] }),
  'desktop.setStartAtLogin': call(z.strictObject({ on: z.boolean() }), desktopStatus, 'action'),
  'desktop.setKeepRunning': call(z.strictObject({ on: z.boolean() }), desktopStatus, 'action'),
  /** The window's own parts (title bar, menus, background before the page is drawn) follow the page. */
  'desktop.setTheme': call(z.strictObject({ theme: z.enum(['auto', 'light', 'dark']) }), done, 'action'),
  /** Versions, settings of the program and the end of the log, without secrets or names; for a person to hand on. */
  'desktop.diagnostics': call(nothing, z.strictObject({ fileName: z.string(), text: z.string() }), 'action'),
  /** After it was given up. */
  'desktop.restartEngine': call(nothing, done, 'action'),

  'updates.status': call(nothing, updateStatus, { topics: ['updates'] }),
  'updates.check': call(nothing, updateStatus, 'action'),
  /** Answers when it has begun; progress comes as `updates.changed`. */
  'updates.download': call(nothing, updateStatus, 'action'),
  'updates.install': call(z.strictObject({ when: z.enum(['now', 'next_quit']) }), updateStatus, 'action'),
  'updates.setChannel': call(z.strictObject({ channel: updateChannel }), updateStatus, 'action'),
  'updates.setAutomatic': call(z.strictObject({ on: z.boolean() }), updateStatus, 'action'),
} as const
export type HostCallName = keyof typeof hostCalls

export const hostEvents = {
  'desktop.page': wantedPage,
  'desktop.engine': engineState,
  'desktop.notice': desktopNotice,
  'updates.changed': updateStatus,
} as const

/** One handler for each call of the host; input was checked by the router. Expected failures are thrown as HostRefusal. */
export type HostHandlers = {
  [N in HostCallName]: (
    input: z.output<(typeof hostCalls)[N]['input']>,
  ) => z.output<(typeof hostCalls)[N]['output']> | Promise<z.output<(typeof hostCalls)[N]['output']>>
}
