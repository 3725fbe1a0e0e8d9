import { Surface } from '../surface.ts'

/** A spec emits `suspend`, `resume` and `shutdown`, as it can in Electron. */
class PowerMonitor extends Surface {}

export const powerMonitor = new PowerMonitor()
