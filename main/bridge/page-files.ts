import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

export type PageFile = {
  body: Buffer
  contentType: string
  /** Strong validator, quotes included. Null for the page itself: it carries a nonce and is never cached. */
  etag: string | null
  /** The name changes with the content, so a browser may keep it for ever. */
  immutable: boolean
}

/**
 * The files of the built window, for both hosts. Only names found in the folder at the start are served: there is no path arithmetic that a
 * request could take part in, so `..`, encoded slashes, links and dot-files lead nowhere.
 */
export type PageFiles = {
  /** @param pathname of the request's URL, still percent-encoded; `/` is the page itself */
  find(pathname: string, styleNonce: string): Promise<PageFile | null>
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
}

const page = '/index.html'

export function openPageFiles(folder: string): PageFiles {
  const names = new Map(
    globSync('**/*', { cwd: folder, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && contentTypes[extname(entry.name)] !== undefined)
      .map((entry) => {
        const path = join(entry.parentPath, entry.name)
        return [`/${path.slice(folder.length).replaceAll('\\', '/').replace(/^\/+/, '')}`, path]
      }),
  )
  const read = new Map<string, PageFile>()
  return {
    async find(pathname, styleNonce) {
      const name = pathname === '/' ? page : pathname
      const path = names.get(name)
      if (path === undefined) return null
      const contentType = contentTypes[extname(name)] ?? 'application/octet-stream'
      if (name.endsWith('.html'))
        return { body: Buffer.from(withStyleNonce(await readFile(path, 'utf8'), styleNonce)), contentType, etag: null, immutable: false }
      let file = read.get(name)
      if (file === undefined) {
        const body = await readFile(path)
        file = {
          body,
          contentType,
          etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
          immutable: /^\/assets\/.+-[\w-]{8,}\.\w+$/.test(name),
        }
        read.set(name, file)
      }
      return file
    },
  }
}

/** The window reads the nonce from the page and puts it on the styles that it makes at run time. */
function withStyleNonce(html: string, nonce: string): string {
  return html.replace(/(<meta name="style-nonce" content=")[^"]*(")/, `$1${nonce}$2`)
}

/**
 * The content policy of a window. No inline script, no foreign origin; styles made at run time need the nonce.
 *
 * @param connect the one thing the window may talk to, e.g. `'self' ws://127.0.0.1:4780`; `'none'` where the bridge is not a socket
 */
export function contentPolicy(styleNonce: string, connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${styleNonce}'`,
    `connect-src ${connect}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
