import { randomBytes } from 'node:crypto'

export type AgentAnswer = { status: number; code: string | null; contentType: string | null; body: Buffer }

/** A program on the same computer that writes with its sub-key over real HTTP. */
export type Agent = {
  readonly secret: string
  readonly subKeyId: string
  write(memoryId: string, bytes: Uint8Array | string, contentType?: string): Promise<AgentAnswer>
  read(memoryId: string): Promise<AgentAnswer>
  remove(memoryId: string): Promise<AgentAnswer>
}

/** @param intakeUrl asked at each request: the door has another port after a restart */
export function agentWith(intakeUrl: () => string, secret: string, subKeyId: string): Agent {
  async function ask(method: string, path: string, headers: Record<string, string>, body?: Uint8Array | string): Promise<AgentAnswer> {
    const answer = await fetch(`${intakeUrl()}${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : Buffer.from(body) }),
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    return { status: answer.status, code: answer.ok ? null : codeIn(bytes), contentType: answer.headers.get('content-type'), body: bytes }
  }
  return {
    secret,
    subKeyId,
    write: (memoryId, bytes, contentType = 'text/plain') =>
      ask('POST', '/v1/memories', { 'tidemark-memory-id': encodeURIComponent(memoryId), 'content-type': contentType }, bytes),
    read: (memoryId) => ask('GET', `/v1/memories/${encodeURIComponent(memoryId)}`, {}),
    remove: (memoryId) => ask('DELETE', `/v1/memories/${encodeURIComponent(memoryId)}`, {}),
  }
}

/** Bytes that no compression makes smaller. */
export function megabytes(count: number): Uint8Array {
  return randomBytes(Math.round(count * 1024 * 1024))
}

function codeIn(body: Buffer): string | null {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    return typeof parsed === 'object' && parsed !== null && 'code' in parsed && typeof parsed.code === 'string' ? parsed.code : null
  } catch {
    return null
  }
}
