import type { NativeTheme as ElectronNativeTheme } from 'electron'
import { Surface } from '../surface.ts'
import { WebContents } from '../web-contents.ts'

class NativeTheme extends Surface implements Pick<ElectronNativeTheme, 'shouldUseDarkColors' | 'themeSource'> {
  #source: ElectronNativeTheme['themeSource'] = 'system'
  /** The theme of a system that is not there; a spec changes it and emits `updated`. */
  systemIsDark = false

  get themeSource(): ElectronNativeTheme['themeSource'] {
    return this.#source
  }
  set themeSource(source) {
    this.#source = source
    for (const contents of WebContents.getAllWebContents()) contents.prefersColorScheme(this.shouldUseDarkColors ? 'dark' : 'light')
    this.emit('updated')
  }
  get shouldUseDarkColors(): boolean {
    return this.#source === 'system' ? this.systemIsDark : this.#source === 'dark'
  }
}

export const nativeTheme = new NativeTheme()
