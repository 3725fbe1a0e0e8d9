import { randomBytes } from 'node:crypto'
import { protocol, type Session } from 'electron'
import { contentPolicy, type PageFiles } from '../../bridge/page-files.ts'
import { appScheme, isOwnPage } from './own-page.ts'

/** Must run before the application is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }])
}

export function serveAppScheme(session: Session, files: PageFiles): void {
  session.protocol.handle(appScheme, async (request) => {
    if (!isOwnPage(request.url) || request.method !== 'GET') return new Response('no', { status: 403 })
    const styleNonce = randomBytes(16).toString('base64url')
    const file = await files.find(new URL(request.url).pathname, styleNonce)
    if (file === null) return new Response('no such file', { status: 404 })
    return new Response(new Uint8Array(file.body), {
      headers: {
        'content-type': file.contentType,
        'content-security-policy': contentPolicy(styleNonce, "'none'"),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      },
    })
  })
}
