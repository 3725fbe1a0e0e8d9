import type { Display, Screen as ElectronScreen } from 'electron'
import { Surface } from '../surface.ts'

type KnownOfDisplay = Pick<Display, 'bounds' | 'id' | 'scaleFactor' | 'workArea'>

/** One screen, unless a spec plugs others in. */
class Screen extends Surface implements Pick<ElectronScreen, 'getAllDisplays' | 'getPrimaryDisplay'> {
  displays: KnownOfDisplay[] = [
    { id: 1, scaleFactor: 1, bounds: { x: 0, y: 0, width: 1920, height: 1080 }, workArea: { x: 0, y: 0, width: 1920, height: 1040 } },
  ]

  getAllDisplays(): Display[] {
    return this.displays as Display[]
  }
  getPrimaryDisplay(): Display {
    return this.displays[0] as Display
  }
}

export const screen = new Screen()
