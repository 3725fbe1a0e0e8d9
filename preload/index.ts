import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron'
import type { Bridge, ConsoleEvent } from '../shared/contract/console.ts'
import { desktopChannels } from '../shared/contract/desktop-channels.ts'

/**
 * The bridge and nothing else. A page that was taken over reaches what stands here and no more: no `ipcRenderer`, no channel of its own choice,
 * no Electron event (which would carry the sender).
 */
const bridge: Bridge = {
  host: 'desktop',
  call: (name, input) => ipcRenderer.invoke(desktopChannels.call, name, input),
  openExternal: (url) => ipcRenderer.invoke(desktopChannels.openExternal, url),
  subscribe(listener) {
    const onEvent = (_event: IpcRendererEvent, event: ConsoleEvent): void => listener(event)
    ipcRenderer.on(desktopChannels.event, onEvent)
    return () => void ipcRenderer.off(desktopChannels.event, onEvent)
  },
}

contextBridge.exposeInMainWorld('tidemark', Object.freeze(bridge))
