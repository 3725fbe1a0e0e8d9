import type { MediaAccessPermissionRequest, Session, WebContents } from 'electron'
import { app } from './application.ts'
import { browser } from './browser.ts'
import { protocol } from './protocol.ts'
import { Surface } from './surface.ts'
import { originOf, toPage } from './urls.ts'

type RequestHandler = Parameters<Session['setPermissionRequestHandler']>[0]
type CheckHandler = Parameters<Session['setPermissionCheckHandler']>[0]
type DeviceHandler = Parameters<Session['setDevicePermissionHandler']>[0]
type Permission = Parameters<NonNullable<RequestHandler>>[1]
export type Question = { permission: string; mediaTypes?: ('audio' | 'video')[] }

/** Electron's name → Chromium's. */
const chromiumNames: Partial<Record<Permission, string[]>> = {
  notifications: ['notifications'],
  geolocation: ['geolocation'],
  'clipboard-read': ['clipboard-read'],
  'clipboard-sanitized-write': ['clipboard-write'],
  media: ['microphone', 'camera'],
  midi: ['midi'],
}

class SessionDouble
  extends Surface
  implements Pick<Session, 'resolveProxy' | 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'>
{
  readonly protocol = protocol
  /** What the system says; a spec changes it. */
  proxy = 'DIRECT'
  #request: RequestHandler = null
  #check: CheckHandler = null
  #device: DeviceHandler = null
  #hasBrowser = false

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.#request = handler
    if (handler !== null) void this.#setAll(false)
  }
  setPermissionCheckHandler(handler: CheckHandler): void {
    this.#check = handler
  }
  setDevicePermissionHandler(handler: DeviceHandler): void {
    this.#device = handler
  }

  async resolveProxy(_url: string): Promise<string> {
    return this.proxy
  }

  /** Asks the application, then makes Chromium's own state agree before the page's real call goes on. Without a handler Electron grants. */
  async request(contents: WebContents, { permission, mediaTypes = [] }: Question): Promise<void> {
    const url = contents.getURL()
    const granted = await new Promise<boolean>((resolve) => {
      if (this.#request === null) return resolve(true)
      const details: MediaAccessPermissionRequest = { isMainFrame: true, requestingUrl: url, securityOrigin: originOf(url), mediaTypes }
      this.#request(contents, permission as Permission, resolve, details)
    })
    await this.#set(permission, granted, url)
  }
  async check(contents: WebContents, { permission }: Question): Promise<void> {
    const url = contents.getURL()
    const granted = this.#check?.(contents, permission as Permission, originOf(url), { isMainFrame: true, requestingUrl: url }) ?? true
    await this.#set(permission, granted, url)
  }
  /** No computer of ours has such a device: a spec asks in its place. */
  mayUseDevice(details: Parameters<NonNullable<DeviceHandler>>[0]): boolean {
    return this.#device?.(details) ?? false
  }
  /** Whether the application decided about devices at all. */
  decidesAboutDevices(): boolean {
    return this.#device !== null
  }
  /**
   * Without a handler everything is granted (docs/tutorial/security.md, 5); with one, nothing before it was asked. Called when Chromium is there.
   */
  async start(): Promise<void> {
    this.#hasBrowser = true
    await this.#setAll(this.#request === null)
  }

  async #setAll(granted: boolean): Promise<void> {
    if (!this.#hasBrowser) return
    for (const permission of Object.keys(chromiumNames)) await this.#set(permission, granted, '')
  }

  async #set(permission: string, granted: boolean, url: string): Promise<void> {
    const origin = URL.parse(toPage(url))?.origin ?? 'null'
    for (const name of chromiumNames[permission as Permission] ?? []) {
      await browser().send('Browser.setPermission', {
        permission: { name },
        setting: granted ? 'granted' : 'denied',
        ...(origin === 'null' ? {} : { origin }),
      })
    }
  }
}

export const defaultSession = new SessionDouble()

const partitions = new Map<string, SessionDouble>()

/** A session of its own, for requests of the main process: nothing is stored in it here. No window of ours is in one. */
export function fromPartition(name: string): SessionDouble {
  const known = partitions.get(name)
  if (known !== undefined) return known
  const made = new SessionDouble()
  partitions.set(name, made)
  app.emit('session-created', made)
  return made
}
