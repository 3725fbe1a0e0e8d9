/** `node --import THIS out/main/index.js`: the desktop's own start up to the window it asks for, with nothing of Electron behind it. Says so and ends. */
import { registerHooks } from 'node:module'

const electron = `
const nothing = () => {}
const always = new Proxy(nothing, { get: (_, name) => (name === 'then' || typeof name === 'symbol' ? undefined : always), apply: () => undefined })
export const app = new Proxy({ requestSingleInstanceLock: () => true, whenReady: () => Promise.resolve() }, { get: (known, name) => known[name] ?? always })
export const screen = { getPrimaryDisplay: () => display, getAllDisplays: () => [display] }
const display = { id: 1, workArea: { x: 0, y: 0, width: 1280, height: 800 } }
export const nativeTheme = { themeSource: 'system', shouldUseDarkColors: false, on: nothing }
export class BrowserWindow {
  constructor() {
    process.stdout.write('window\\n')
    process.exit()
  }
}
${[
  'autoUpdater',
  'protocol',
  'session',
  'dialog',
  'ipcMain',
  'shell',
  'safeStorage',
  'powerMonitor',
  'utilityProcess',
  'Menu',
  'Tray',
  'Notification',
  'nativeImage',
  'clipboard',
]
  .map((name) => `export const ${name} = always`)
  .join('\n')}
`
const address = `data:text/javascript,${encodeURIComponent(electron)}`

registerHooks({
  resolve: (specifier, context, next) => (specifier === 'electron' ? { url: address, shortCircuit: true } : next(specifier, context)),
})
