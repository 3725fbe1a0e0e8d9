/** Runs first in the process that stands for a utility process: it ends with the application, and knows what it is. */
import { Socket } from 'node:net'

process.type = 'utility'
const application = new Socket({ fd: 3, readable: true, writable: false })
application.on('close', () => process.exit(0))
application.on('error', () => process.exit(0))
application.resume()
application.unref()
