import type { Notification as ElectronNotification, NotificationConstructorOptions } from 'electron'
import { machine } from '../machine.ts'
import { Surface } from '../surface.ts'

/** Notices that were shown. */
export const notifications: Notification[] = []

/** A notice that nobody sees. `emit('click')` clicks it. */
export class Notification extends Surface implements Pick<ElectronNotification, 'body' | 'close' | 'show' | 'silent' | 'title'> {
  static isSupported(): boolean {
    return true
  }

  title: string
  body: string
  silent: boolean

  constructor({ title = '', body = '', silent = false }: NotificationConstructorOptions = {}) {
    super()
    this.title = title
    this.body = body
    this.silent = silent
  }
  show(): void {
    // Not signed, not registered, forbidden: told as an event, with words (docs/api/notification.md, "failed").
    if (!machine.notifications) return void setImmediate(() => this.emit('failed', {}, 'The system takes no notifications'))
    notifications.push(this)
    setImmediate(() => this.emit('show', {}))
  }
  close(): void {
    this.emit('close', {})
  }
}
