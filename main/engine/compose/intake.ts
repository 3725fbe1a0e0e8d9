import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { v7 as uuidV7 } from 'uuid'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { ActivityLog } from '../activity/activity-log.ts'
import type { Clock, Random } from '../base/clock.ts'
import { createAddressMemory, movedWords, openAtAddress } from '../intake/address.ts'
import { createDropFolder } from '../intake/drop-folder.ts'
import { createImports, type ImportService } from '../intake/imports.ts'
import { createMemoryService, type MemoryService } from '../intake/memories.ts'
import { type IntakeServer, startIntakeServer } from '../intake/server.ts'
import type { CiphertextReader } from '../outbox/item.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { DiskGuard } from '../store/disk-space.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import { requireSync } from '../sync/accounts/require-sync.ts'
import type { WorkspaceRegistry } from '../sync/accounts/workspace-registry.ts'
import type { Vault } from '../vault/vault.ts'
import type { NoteFault } from './faults.ts'

export type IntakeNeeds = {
  dataDir: string
  /** Of the agents' door, as the command line asks; 0: where it was before. */
  port: number
  local: LocalSettings
  random: Random
  warn: (kind: 'address', text: string) => void
  outbox: Outbox
  vault: Vault
  reader: CiphertextReader
  registry: WorkspaceRegistry
  /** Who this computer is to a workspace's platform. */
  deviceId: (workspaceId: string) => string
  disk: DiskGuard
  activity: ActivityLog
  clock: Clock
  emit: (event: ConsoleEvent) => void
  report: (line: string) => void
  noteFault: NoteFault
}

export type IntakeParts = {
  imports: ImportService
  /** Null while the agents' door is closed. */
  intake: () => IntakeServer | null
  /** Opens the agents' door, then the drop folder. Needs the vault as its start left it. */
  start(): Promise<IntakeServer>
  stop(): Promise<void>
}

/** The ways by which memories come in: the agents' door, the drop folder and imports. */
export function composeIntake(needs: IntakeNeeds): IntakeParts {
  const { dataDir, outbox, vault, reader, registry, disk, activity, clock, emit, report } = needs
  const memories = createMemoryService({
    outbox,
    vault,
    ciphertexts: reader,
    maxEnvelopeBytes: (workspaceId) => registry.find(workspaceId)?.maxEnvelopeBytes ?? null,
    deviceId: needs.deviceId,
    requireTaken: (workspaceId) => requireSync(registry.find(workspaceId), 'write'),
    disk,
    clock,
    noteWrite: vault.subKeys.noteWrite,
  })
  const imports = createImports({
    memories,
    clock,
    newId: randomUUID,
    progress: (payload) => emit({ event: 'import.progress', payload }),
    ended: (workspaceId, text) => activity.add(workspaceId, 'import', text),
  })
  const agentOf = (folderName: string) => agentOfFolder({ vault, registry }, folderName)
  const dropFolder = createDropFolder({ dataDir, clock, memories, agentOf, warn: report })
  let server: IntakeServer | null = null
  return {
    imports,
    intake: () => server,
    async start() {
      server = await openDoor(needs, memories)
      await dropFolder.start()
      return server
    },
    async stop() {
      await server?.stop()
      await dropFolder.stop()
      imports.stop()
    },
  }
}

async function openDoor(
  { dataDir, port: wantedPort, local, random, warn, report, noteFault, vault, registry }: IntakeNeeds,
  memories: MemoryService,
): Promise<IntakeServer> {
  const memory = createAddressMemory(dataDir, local, report)
  // A workspace that was removed takes nothing more: its agents are refused, and nothing is stored for nobody.
  const authenticate = (secret: string) => {
    const agent = vault.subKeys.authenticate(secret)
    return agent !== null && registry.find(agent.workspaceId) !== null ? agent : null
  }
  const unexpected = (error: unknown): void => noteFault('intake', error)
  const { server, takenPort } = await openAtAddress({
    wantedPort,
    rememberedPort: memory.read(),
    random,
    open: (port, previousPort) => startIntakeServer({ dataDir, port, previousPort, memories, authenticate, newMemoryId: () => uuidV7(), unexpected }),
    wait,
  })
  memory.write(server.port)
  if (takenPort !== null) {
    const text = movedWords(takenPort, server.port)
    report(text)
    warn('address', text)
  }
  return server
}

/** Whose folder it is, by the id of a sub-key, else by a name that only one bears. */
function agentOfFolder({ vault, registry }: Pick<IntakeNeeds, 'vault' | 'registry'>, folderName: string): { subKeyId: string; workspaceId: string } | null {
  const keys = registry
    .list()
    .flatMap(({ id }) => vault.subKeys.list(id))
    .filter(({ revokedAt }) => revokedAt === null)
  const byId = keys.find(({ id }) => id === folderName)
  const byName = keys.filter(({ name }) => name === folderName)
  const found = byId ?? (byName.length === 1 ? byName[0] : undefined)
  return found === undefined ? null : { subKeyId: found.id, workspaceId: found.workspaceId }
}
