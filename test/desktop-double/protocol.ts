import type { Protocol } from 'electron'
import { app } from './application.ts'
import { refuseUnknown } from './surface.ts'
import { customSchemes } from './urls.ts'

type Handler = Parameters<Protocol['handle']>[1]

const handlers = new Map<string, Handler>()

export function protocolHandler(scheme: string): Handler | undefined {
  return handlers.get(scheme)
}

export const protocol = refuseUnknown('protocol', {
  registerSchemesAsPrivileged(schemes) {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    // A second call replaces the first, as in Electron.
    customSchemes.clear()
    for (const { scheme, privileges = {} } of schemes) {
      if (privileges.standard !== true || privileges.secure !== true) {
        throw new Error(`electron double: the scheme '${scheme}' must be standard and secure, or it cannot be shown as an https origin`)
      }
      customSchemes.set(scheme, privileges)
    }
  },
  handle(scheme, handler) {
    if (!app.isReady()) throw new Error('protocol.handle cannot be used before app is ready')
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`)
    if (!customSchemes.has(scheme)) throw new Error(`electron double: '${scheme}' was not registered as a privileged scheme`)
    handlers.set(scheme, handler)
  },
  isProtocolHandled: (scheme) => handlers.has(scheme),
} satisfies Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle' | 'isProtocolHandled'>)
