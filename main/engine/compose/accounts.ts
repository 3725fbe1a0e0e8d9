import { hostname } from 'node:os'
import type { SecretStore } from '../../bridge/messages.ts'
import type { Clock } from '../base/clock.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import type { Stores } from '../store/stores.ts'
import { DeviceIdentity } from '../sync/accounts/device-identity.ts'
import { Tokens } from '../sync/accounts/tokens.ts'
import { localName } from '../sync/accounts/workspace-names.ts'
import { WorkspaceRegistry } from '../sync/accounts/workspace-registry.ts'
import { type BigAnswers, createBigAnswers } from '../sync/client/big-answers/big-answers.ts'
import { EgressLog } from '../sync/client/egress-log.ts'
import { createPlatformClient, type HttpPlatformClient } from '../sync/client/http-platform-client.ts'
import { type FindProxy, Network } from '../sync/client/network.ts'

export type AccountsNeeds = {
  stores: Pick<Stores, 'outbox' | 'egress'>
  local: LocalSettings
  secrets: SecretStore
  clock: Clock
  version: string
  /** Undefined: the host does not know the system's proxies. */
  findProxy: FindProxy | undefined
}

export type AccountsParts = {
  registry: WorkspaceRegistry
  /** A workspace as this computer calls it. */
  workspaceName: (workspaceId: string) => string
  egress: EgressLog
  device: DeviceIdentity
  tokens: Tokens
  network: Network
  bigAnswers: BigAnswers
  client: HttpPlatformClient
}

/** The workspaces of this computer, and the client that asks their platforms. */
export function composeAccounts({ stores, local, secrets, clock, version, findProxy }: AccountsNeeds): AccountsParts {
  const registry = new WorkspaceRegistry(stores.outbox, clock)
  const egress = new EgressLog(stores.egress, clock)
  const device = new DeviceIdentity(stores.outbox, clock, hostname())
  const tokens = new Tokens(secrets)
  const network = new Network(process.env, [], findProxy ?? null)
  const bigAnswers = createBigAnswers(clock)
  return {
    registry,
    workspaceName: (workspaceId) => localName(local, workspaceId) ?? registry.find(workspaceId)?.name ?? '',
    egress,
    device,
    tokens,
    network,
    bigAnswers,
    client: createPlatformClient({ workspaces: registry, tokens, egress, network, bigAnswers, clock, versionLabel: `Tidemark/${version}` }),
  }
}
