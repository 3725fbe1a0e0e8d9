import type { NativeImage, Tray as ElectronTray } from 'electron'
import { Surface } from '../surface.ts'
import type { Menu } from './menu.ts'

/** Icons that are there now. */
export const trays: Tray[] = []

/** An icon that nobody sees: a spec reads its tooltip and clicks its menu. `emit('click')` clicks the icon itself. */
export class Tray extends Surface implements Pick<ElectronTray, 'destroy' | 'isDestroyed' | 'setImage' | 'setToolTip'> {
  image: NativeImage | string
  toolTip = ''
  menu: Menu | null = null
  #destroyed = false

  constructor(image: NativeImage | string) {
    super()
    this.image = image
    trays.push(this)
  }
  setImage(image: NativeImage | string): void {
    this.image = image
  }
  setToolTip(toolTip: string): void {
    this.toolTip = toolTip
  }
  setContextMenu(menu: Menu | null): void {
    this.menu = menu
  }
  isDestroyed(): boolean {
    return this.#destroyed
  }
  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    trays.splice(trays.indexOf(this), 1)
  }
}
