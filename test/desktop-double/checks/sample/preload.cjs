const { contextBridge, ipcRenderer } = require('electron')

class Version {
  number = 7
  secret() {
    return 1
  }
}

contextBridge.exposeInMainWorld('sample', {
  sandboxed: process.sandboxed,
  version: () => new Version(),
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  onTick(listener) {
    const heard = (_event, number) => listener(number)
    ipcRenderer.on('tick', heard)
    return () => void ipcRenderer.off('tick', heard)
  },
  boom() {
    throw Object.assign(new TypeError('boom'), { code: 'E_BOOM' })
  },
  raw: ipcRenderer,
})
globalThis.ofThePreload = 1
