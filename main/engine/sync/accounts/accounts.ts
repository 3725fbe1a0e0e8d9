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
 * @param hasMoved the person says that a platform that is known elsewhere moved to this address.
 * @throws ConsoleFailure `invalid_url`, `invalid_token`, `signed_out`, `offline`, `connection_problem`, `other_platform`, `known_elsewhere`.
 */
export async function addAccount({ client, registry, tokens }: AccountParts, urlText: string, tokenText: string, hasMoved: boolean): Promise<WorkspaceRecord> {
  const url = normaliseWorkspaceUrl(urlText)
  const token = checkedToken(tokenText)
  const answer = await client.sendTo({ workspaceId: null, url, token }, 'readWorkspace', {})
  if (answer.kind !== 'ok') throw failureOf(answer)
  if (answer.value.platform_id !== undefined) settlePlatform(registry, answer.value.id, url, answer.value.platform_id, hasMoved)
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

/**
 * Adding never replaces another account: one of another platform at the same address stays, and a platform that is known at another
 * address is taken for the same only when a person says so; a copy of its database would answer the same.
 */
function settlePlatform(registry: WorkspaceRegistry, workspaceId: string, url: string, platform: string, hasMoved: boolean): void {
  const other = registry.otherAt(workspaceId, url, platform)
  if (other?.isRemoved) registry.leaveAddress(other.id)
  else if (other !== null) {
    throw new ConsoleFailure(
      'other_platform',
      `At this address another platform answers than the one from which “${other.name}” was added. Nothing was changed.`,
      `If that platform is no more, remove “${other.name}” in Settings, then add this one.`,
    )
  }
  const [elsewhere] = registry.elsewhere(platform, url)
  if (elsewhere === undefined) return
  if (!hasMoved) {
    throw new ConsoleFailure(
      'known_elsewhere',
      `This is the platform that you know at ${elsewhere.url}, from “${elsewhere.name}”. Nothing was changed.`,
      'If it moved here, say so: its workspaces are then reached at this address. A copy of it cannot be added beside it.',
    )
  }
  registry.movePlatform(platform, url)
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
  if (isAnotherPlatform(record, answer.value))
    throw new ConsoleFailure(
      'other_platform',
      'At this address another platform answers than before. Nothing was changed.',
      'Check the address with whoever runs the platform.',
    )
  await tokens.write(workspaceId, token)
  registry.save(record.url, answer.value)
}

/** Whether an answer at the address of an account is of another platform than before. */
export function isAnotherPlatform(record: Pick<WorkspaceRecord, 'platform'>, answer: { platform_id?: string | undefined }): boolean {
  return record.platform !== null && answer.platform_id !== undefined && answer.platform_id !== record.platform
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
