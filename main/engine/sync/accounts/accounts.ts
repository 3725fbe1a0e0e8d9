import { ConsoleFailure } from '../../base/failure.ts'
import type { HttpPlatformClient } from '../client/http-platform-client.ts'
import { failureOf } from '../client/refusal.ts'
import type { Tokens } from './tokens.ts'
import type { WorkspaceRecord, WorkspaceRegistry } from './workspace-registry.ts'
import { normaliseWorkspaceUrl } from '../client/workspace-url.ts'

export type AccountParts = { client: HttpPlatformClient; registry: WorkspaceRegistry; tokens: Tokens }

/** What may stand in an Authorization header (RFC 6750 §2.1). Anything else would break the request, or write a header of its own. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * Adds an account: asks the platform who the token is, then keeps the token in the secret store and the account in the
 * registry, in this order, so that no workspace is ever listed without its token.
 *
 * @throws ConsoleFailure `invalid_url`, `invalid_token`, `signed_out`, `offline`, `connection_problem`.
 */
export async function addAccount({ client, registry, tokens }: AccountParts, urlText: string, tokenText: string): Promise<WorkspaceRecord> {
  const url = normaliseWorkspaceUrl(urlText)
  const token = checkedToken(tokenText)
  const answer = await client.sendTo({ workspaceId: null, url, token }, 'readWorkspace', {})
  if (answer.kind !== 'ok') throw failureOf(answer)
  const known = new Set(registry.list().map(({ id }) => id))
  const record = registry.save(url, answer.value)
  try {
    await tokens.write(record.id, token)
  } catch (error) {
    // One that was here before keeps its place: its queue hangs on it.
    if (!known.has(record.id)) registry.remove(record.id)
    throw error
  }
  return record
}

/** A new token for a workspace that is known. It must be one of the same workspace: the queue is that one's. */
export async function signInAgain({ client, registry, tokens }: AccountParts, workspaceId: string, tokenText: string): Promise<void> {
  const record = registry.find(workspaceId)
  if (record === null) throw new ConsoleFailure('not_found', 'This workspace is not known here.', 'Add it first.')
  const token = checkedToken(tokenText)
  const answer = await client.sendTo({ workspaceId, url: record.url, token }, 'readWorkspace', {})
  if (answer.kind !== 'ok') throw failureOf(answer)
  if (answer.value.id !== record.platformId) {
    throw new ConsoleFailure(
      'other_workspace',
      `This token belongs to another workspace (“${answer.value.name}”).`,
      'Use a token of this workspace, or add the other one as a workspace of its own.',
    )
  }
  await tokens.write(workspaceId, token)
  registry.save(record.url, answer.value)
}

function checkedToken(text: string): string {
  const token = text.trim()
  if (!TOKEN.test(token))
    throw new ConsoleFailure(
      'invalid_token',
      'This is not a token: it contains characters that a token cannot have.',
      'Copy the token again, without anything around it.',
    )
  return token
}
