import { app } from 'electron'

process.stdout.write('before\n')
await app.whenReady()
process.stdout.write('after\n')
