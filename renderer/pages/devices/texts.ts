import type { CallOutput } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'

type SubKey = CallOutput<'subKeys.list'>[number]

export const devicesTexts = {
  title: 'Devices & sub-keys',
  lead: 'Each agent writes with a sub-key of its own. Names and secrets stay on this computer; the platform sees random ids.',
  notOffered: {
    title: 'This platform has no devices and no sub-keys',
    text: (workspace: string) =>
      `${workspace} takes no writes of agents, so there is nothing to register and no key to give out. Plans, invoices, alerts, settings and the outbox work here as in every workspace.`,
    goTo: (workspace: string) => `Go to ${workspace}`,
  },
  subKeys: {
    title: 'Sub-keys',
    note: 'One for each agent. Revoking one stops that agent and no other.',
    create: 'Create sub-key',
    columns: { name: 'Agent', created: 'Created', lastWrite: 'Last write', delivered: 'Delivered', held: 'Held', actions: 'Actions' },
    never: 'Never',
    amount: (count: number, bytes: number) => (count === 0 ? '–' : `${format.count(count)} (${format.bytes(bytes)})`),
    elsewhere: 'On another device',
    unnamed: (id: string) => `Sub-key ${id.slice(0, 8)}`,
    revokedAt: (at: number) => `Revoked ${format.date(at)}`,
    active: 'Active',
    emptyTitle: 'No agent has a sub-key yet',
    empty: 'Create one, give its secret to the agent, and its writes appear in the outbox.',
    rename: 'Rename',
    renameOf: (name: string) => `Rename ${name}`,
    revoke: 'Revoke',
    revokeOf: (name: string) => `Revoke ${name}`,
    actionsOf: (name: string) => `Actions for ${name}`,
  },
  create: {
    title: 'Create a sub-key',
    name: 'Name of the agent',
    nameHint: 'For example “research-agent”. The name stays on this computer.',
    submit: 'Create',
    secretTitle: 'Take the secret now',
    secretText: 'It is shown once. It cannot be read again, only replaced by another sub-key.',
    secret: 'Secret',
    example: 'Example',
    noIntake: 'The door for agents is closed at the moment, so there is no address to show.',
    done: 'I have copied it',
    curl: (intakeUrl: string, secret: string) =>
      [
        `curl ${intakeUrl}/v1/memories \\`,
        `  -H 'Authorization: Bearer ${secret}' \\`,
        `  -H 'Tidemark-Memory-Id: notes/first' \\`,
        `  -H 'Content-Type: text/plain' \\`,
        `  --data-binary 'Remember this.'`,
      ].join('\n'),
  },
  revokeSubKey: {
    title: (name: string) => `Revoke ${name}?`,
    loses: (subKey: SubKey) =>
      `Its agent can no longer write, and its secret never works again. What it wrote stays: ${format.counted(subKey.deliveredCount, 'write is', 'writes are')} delivered${subKey.heldCount > 0 ? `, ${format.count(subKey.heldCount)} are held and still leave when there is room` : ''}.`,
    confirm: 'Revoke sub-key',
  },
  devices: {
    title: 'Devices',
    note: 'Every computer that is registered with this workspace. The limit counts open sessions, not registered machines.',
    columns: { name: 'Device', created: 'Registered', lastSeen: 'Last seen', session: 'Session', actions: 'Actions' },
    thisDevice: 'This device',
    sessionOpen: 'Open',
    sessionClosed: 'Closed',
    empty: 'No device is registered yet. This one registers itself with its first connection.',
  },
  revokeDevice: {
    title: (name: string) => `Revoke ${name}?`,
    loses: 'It can no longer sync with this workspace. What it has not delivered stays on it and is not lost; it can register again with a token.',
    losesThis:
      'This is the computer you are sitting at. Syncing stops here at once. What was not delivered stays on it, and you can sign in again with a token.',
    confirm: 'Revoke device',
  },
  finds: { group: 'Agents', create: 'Create a sub-key', called: 'new key agent' },
} as const
