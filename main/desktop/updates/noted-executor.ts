import type { HttpExecutor } from 'builder-util-runtime'
import type { EgressNote } from '../../bridge/messages.ts'

export type RequestNotes = {
  /** Resolves when the request stands in the log of what leaves. @throws when it does not: then nothing is sent. */
  noteRequest: (note: EgressNote) => Promise<number>
  noteAnswer: (row: number, status: number | null, durationMs: number) => void
}

/** The parts of a request and its answer that Node's and Electron's have in common. */
type Sent = { abort: () => void; end: (data?: Buffer) => void; emit: (event: string, ...args: unknown[]) => boolean }
type Executor = HttpExecutor<Sent> & {
  download: (url: URL, destination: string, options: Parameters<HttpExecutor<Sent>['downloadToBuffer']>[1]) => Promise<string>
}

/**
 * Makes the updater's own HTTP client write down each request before it is sent, as the engine does with its own. It follows no redirect: the
 * request to the other place would not stand in the log.
 */
export function noteRequestsOf<E extends Executor>(executor: E, { noteRequest, noteAnswer }: RequestNotes): E {
  const { request, download, createRequest } = executor
  const noted = async <T>(host: string, path: string, purpose: string, send: () => Promise<T>): Promise<T> => {
    const row = await noteRequest({ method: 'GET', host, path, purpose, fields: [], requestBytes: 0 })
    const startedAt = performance.now()
    try {
      const answer = await send()
      noteAnswer(row, 200, performance.now() - startedAt)
      return answer
    } catch (error) {
      noteAnswer(row, statusOf(error), performance.now() - startedAt)
      throw error
    }
  }
  executor.request = (options, token, data) =>
    noted(hostOf(options), (options.path ?? '/').replace(/\?.*$/s, ''), 'Look for a newer version', () => request.call(executor, options, token, data))
  executor.download = (url, destination, options) =>
    noted(url.host, url.pathname, 'Download a newer version', () => download.call(executor, url, destination, options))
  executor.createRequest = (options, callback) => {
    const sent: Sent = createRequest.call(executor, { ...options, redirect: 'error' } as typeof options, (response: { statusCode?: number }) => {
      const status = response.statusCode ?? 0
      if (status < 300 || status >= 400) return callback(response)
      sent.emit('error', new Error('The update server sent the request somewhere else'))
      sent.abort()
    })
    return sent
  }
  return executor
}

function hostOf({ hostname, port }: { hostname?: string | null; port?: number | string | null }): string {
  return `${hostname ?? ''}${port ? `:${port}` : ''}`
}

function statusOf(error: unknown): number | null {
  if (!(error instanceof Error)) return null
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode
  const status = / status (\d{3}):/.exec(error.message)?.[1]
  return status === undefined ? null : Number(status)
}
