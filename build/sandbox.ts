/** `npm run sandbox`: the embedded platform alone. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildIfNeeded } from './build-if-needed.ts'
import { root } from './sources.ts'

if (buildIfNeeded()) await import(pathToFileURL(join(root, 'out', 'main', 'sandbox.js')).href)
else process.exitCode = 1
