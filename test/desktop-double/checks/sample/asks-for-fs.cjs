require('node:fs')
require('electron').contextBridge.exposeInMainWorld('sample', { got: 'fs' })
