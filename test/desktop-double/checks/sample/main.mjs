/** A small application that tries what a stand-in could get wrong. `globalThis.seen` holds what it was told. */
import { appendFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { app, autoUpdater, BrowserWindow, ipcMain, nativeTheme, protocol, safeStorage, session } from 'electron'

const here = import.meta.dirname
const preload = process.argv.find((argument) => argument.startsWith('--preload='))?.slice('--preload='.length) ?? 'preload.cjs'
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'"
const files = { '/': 'index.html', '/second': 'second.html', '/page.js': 'page.js' }
const types = { html: 'text/html', js: 'text/javascript' }

/** What it is started with, for the checks that need another application. */
const decides = !process.argv.includes('--decides-nothing')
const stays = process.argv.includes('--stays')

const seen = []
// Who was started, beside the user's data: what is started again has no window that a check could ask.
appendFileSync(join(app.getPath('userData'), 'starts'), `${process.pid}\n`)
globalThis.seen = seen
app.enableSandbox()
protocol.registerSchemesAsPrivileged([{ scheme: 'sample', privileges: { standard: true, secure: true, supportFetchAPI: true } }])
if (!app.requestSingleInstanceLock({ from: 'sample' })) app.exit(3)
app.on('second-instance', (_event, argv, _folder, data) => {
  seen.push(`second instance ${argv.at(-1)} ${JSON.stringify(data)}`)
  globalThis.secondArguments = argv
})
autoUpdater.on('before-quit-for-update', () => process.stdout.write('life: before-quit-for-update\n'))
for (const name of ['window-all-closed', 'before-quit', 'will-quit', 'quit']) {
  app.on(name, (event) => {
    process.stdout.write(`life: ${name}\n`)
    if (name === 'before-quit' && stays) event.preventDefault()
    if (name === 'window-all-closed') app.quit()
  })
}
app.on('web-contents-created', (_event, contents) => {
  contents.on('preload-error', (_error, path, error) => seen.push(`preload error ${path.split('/').at(-1)}: ${error.message}`))
  contents.on('render-process-gone', (_gone, { reason }) => seen.push(`gone ${reason}`))
})

// Not awaited at the top level: Electron becomes ready only after this module has been evaluated.
void app.whenReady().then(start)

async function start() {
  session.defaultSession.protocol.handle('sample', async (request) => {
    const { host, pathname } = new URL(request.url)
    seen.push(`request ${request.url}`)
    const name = host === 'own' ? files[pathname] : undefined
    if (name === undefined) return new Response('none', { status: 404 })
    return new Response(await readFile(join(here, name)), {
      headers: { 'content-type': types[name.split('.').at(-1)], 'content-security-policy': policy, 'x-sample': 'own header' },
    })
  })
  if (decides) decideOnPermissions()

  session.defaultSession.on('will-download', (event, item) => {
    seen.push(`download ${item.getURL().split('/').slice(0, 3).join('/')} ${item.getFilename()}`)
    if (!item.getURL().startsWith('blob:sample://own/')) event.preventDefault()
  })

  ipcMain.handle('clone', (event, value) => {
    seen.push(`sender ${event.senderFrame?.url} ${event.senderFrame?.parent === null} ${event.sender === window.webContents}`)
    return { kind: Object.prototype.toString.call(value.map), value }
  })
  ipcMain.handle('fail', (_event, message) => {
    throw Object.assign(new RangeError(message), { code: 'E_SECRET', path: '/home/somebody' })
  })
  ipcMain.handle('function', () => ({ call() {} }))
  ipcMain.handle('seal', async (_event, text) => {
    const sealed = await safeStorage.encryptStringAsync(text)
    return { sealed: sealed.toString('latin1'), opened: (await safeStorage.decryptStringAsync(sealed)).result }
  })

  app.on('browser-window-created', (_event, made) => made.on('close', () => process.stdout.write('life: close\n')))
  const window = new BrowserWindow({ width: 900, height: 640, title: 'before', webPreferences: { preload: join(here, preload) } })
  globalThis.say = (number) => window.webContents.send('tick', number)
  globalThis.theme = nativeTheme
  for (const name of ['did-start-navigation', 'did-navigate']) {
    window.webContents.on(name, (event, url = event.url) => seen.push(`${name} ${url}`))
  }
  window.webContents.on('will-navigate', (event) => {
    seen.push(`navigation ${event.url}`)
    if (!event.url.startsWith('sample://own/')) event.preventDefault()
  })
  window.webContents.setWindowOpenHandler(({ url }) => {
    seen.push(`open ${url}`)
    return { action: 'deny' }
  })
  await window.loadURL('sample://own/')
}

function decideOnPermissions() {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => {
    seen.push(`permission ${permission} ${requestingUrl}`)
    answer(permission === 'notifications')
  })
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => permission === 'notifications')
}
