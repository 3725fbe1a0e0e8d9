import { makeEvent } from '../event.ts'
import { Surface } from '../surface.ts'

/** A spec emits `suspend` and `resume`, as it can in Electron, and shuts the system down. */
class PowerMonitor extends Surface {}

export const powerMonitor = new PowerMonitor()

/** As the system does. @returns whether it waits for this program: it does so only for one that says so (docs/api/power-monitor.md, "shutdown") */
export function shutDown(): boolean {
  const event = makeEvent()
  powerMonitor.emit('shutdown', event)
  return event.defaultPrevented
}
