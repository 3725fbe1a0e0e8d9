import { randomBytes } from 'node:crypto'

export type AgentAnswer = { status: number; code: string | null; contentType: string | null; body: Buffer; headers: Headers }

/** A program on the same computer that writes with its sub-key over real HTTP. */
export type Agent = {
  readonly secret: string
  readonly subKeyId: string
  /** `replaces`: versions that it knows beside the one that is read. */
  write(memoryId: string, bytes: Uint8Array | string, contentType?: string, replaces?: readonly string[]): Promise<AgentAnswer>
  read(memoryId: string, version?: string): Promise<AgentAnswer>
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
    return {
      status: answer.status,
      code: answer.ok ? null : codeIn(bytes),
      contentType: answer.headers.get('content-type'),
      body: bytes,
      headers: answer.headers,
    }
  }
  return {
    secret,
    subKeyId,
    write: (memoryId, bytes, contentType = 'text/plain', replaces = []) =>
      ask(
        'POST',
        '/v1/memories',
        {
          'tidemark-memory-id': encodeURIComponent(memoryId),
          'content-type': contentType,
          ...(replaces.length === 0 ? {} : { 'tidemark-replaces': replaces.join(', ') }),
        },
        bytes,
      ),
    read: (memoryId, version) => ask('GET', `/v1/memories/${encodeURIComponent(memoryId)}${version === undefined ? '' : `?version=${version}`}`, {}),
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
