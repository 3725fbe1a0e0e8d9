/** A bridge that answers from a scenario, in memory. Writes change what is shown just enough to see their effect. */
import { fakeAlerts } from './fake-alerts.ts'
import { fakeOffers } from './fake-offers.ts'
import { fakeAudit } from './fake-audit.ts'
import { fakeCosts } from './fake-costs.ts'
import { fakeDesktop } from './fake-desktop.ts'
import type { Bridge, CallInput, CallName, CallOutput, ConsoleEvent, Drain, QueueRow, Result } from '../../shared/contract/console.ts'
import { fakeUsage } from './fake-usage.ts'
import { fakeWallet } from './fake-wallet.ts'
import { fakeEgress, fakeItem, fakeRow, stateOfRow } from './fake-rows.ts'
import { now, type Scenario } from './scenarios.ts'

type Handlers = { [N in CallName]: (input: CallInput<N>) => CallOutput<N> | Promise<CallOutput<N>> }
const MiB = 1024 * 1024

export function createFakeBridge(scenario: Scenario): Bridge {
  const listeners = new Set<(event: ConsoleEvent) => void>()
  const emit = (event: ConsoleEvent): void => {
    for (const listener of listeners) listener(event)
  }
  let drain: Drain = { active: false, releasing: false, deliveredCount: 0, totalCount: 0, ratePerSecond: 0, etaMs: null, startedAt: null, finishedAt: null }
  const tally = structuredClone(scenario.overview.queue)
  const workspaceId = scenario.workspaces[0]?.id ?? ''
  let vault = scenario.vault
  let checkout = scenario.overview.checkout
  const settings: CallOutput<'settings.list'> = [
    { key: 'billing_email', value: 'billing@acme.dev', pendingValue: null, itemId: null, state: null },
    {
      key: 'org_name',
      value: 'Acme',
      pendingValue: scenario.rows > 0 ? 'Acme Research' : null,
      itemId: scenario.rows > 0 ? 'row-3' : null,
      state: scenario.rows > 0 ? 'pending' : null,
    },
    { key: 'plan_id', value: 'free', pendingValue: null, itemId: null, state: null },
  ]

  if (scenario.releasing) release()

  function release(): void {
    const totalCount = 1240
    let deliveredCount = 310
    window.setInterval(() => {
      deliveredCount = Math.min(totalCount, deliveredCount + 6)
      const held = totalCount - deliveredCount
      drain = { active: held > 0, releasing: true, deliveredCount, totalCount, ratePerSecond: 1840, etaMs: held * 3, startedAt: now, finishedAt: null }
      tally.held = { count: held, bytes: held * 9600 }
      emit({ event: 'outbox.changed', payload: { workspaceId, tally: structuredClone(tally), drain } })
    }, 250)
  }

  function page(filter: CallInput<'outbox.page'>['filter'], before: number | null, limit: number): CallOutput<'outbox.page'> {
    const rows: QueueRow[] = []
    const matches = (sequence: number): boolean => !filter.states || filter.states.includes(stateOfRow(scenario, sequence))
    let sequence = Math.min((before ?? scenario.rows + 1) - 1, scenario.rows)
    for (; sequence > 0 && rows.length < limit; sequence -= 1) {
      const row = matches(sequence) ? fakeRow(scenario, sequence, vault.state !== 'locked') : null
      if (
        row &&
        (!filter.kinds || filter.kinds.includes(row.kind)) &&
        (!filter.subKeyId || row.subKeyId === filter.subKeyId) &&
        (!filter.heldBy || row.heldBy === filter.heldBy)
      )
        rows.push(row)
    }
    const held = filter.states?.length === 1 && filter.states[0] === 'held' ? scenario.rows - scenario.heldFrom : scenario.rows
    return { rows, next: rows.length === limit && sequence > 0 ? (rows.at(-1)?.sequence ?? null) : null, total: rows.length === 0 ? 0 : held }
  }

  const handlers: Handlers = {
    ...fakeAlerts,
    ...fakeCosts,
    ...fakeUsage(scenario),
    'app.info': () => ({
      version: '0.1.0',
      host: 'desktop',
      dataDir: '/home/dana/.local/share/tidemark',
      intakeUrl: 'http://127.0.0.1:41873',
      thisDeviceId: 'd1',
      thisDeviceName: 'dana-laptop',
      sizes: { cacheBytes: 412_000, outboxBytes: 18 * MiB, envelopesBytes: 37 * MiB, egressBytes: 2.1 * MiB },
      warnings: scenario.warnings,
    }),
    'workspaces.list': () => scenario.workspaces,
    'workspaces.awaited': () => null,
    'workspaces.add': () =>
      refuse('unauthorized', 'The platform does not know this token.', 'Check that it was copied whole, and that it belongs to this platform.'),
    'workspaces.signIn': () => refuse('unauthorized', 'The platform does not know this token.', 'Check that it was copied whole.'),
    'workspaces.remove': () => ({}),
    'workspaces.syncNow': () => ({}),
    'overview.read': () =>
      scenario.failing
        ? refuse('damaged', 'The cache could not be read.', 'It is being rebuilt from the platform. Try again in a moment.')
        : { ...scenario.overview, checkout },
    'outbox.titles': () => ({}),
    'outbox.page': ({ filter, before, limit }) => page(filter, before, limit),
    'outbox.item': ({ id }) => fakeItem(scenario, id, vault.state !== 'locked'),
    'outbox.tally': () => ({
      tally,
      drain,
      troubles: [],
      heldByAgent:
        tally.held.count === 0
          ? []
          : [
              { subKeyId: 'sk-research', name: 'research-agent', count: 1031, bytes: 9.6 * MiB },
              { subKeyId: 'sk-indexer', name: 'indexer', count: 209, bytes: 1.8 * MiB },
            ],
      heldByMeter: tally.held.count === 0 ? [] : [{ meter: 'encrypted_bytes', name: 'Encrypted bytes', count: 1240, bytes: 11.4 * MiB }],
    }),
    'outbox.retry': ({ selection }) => ({ count: 'ids' in selection ? selection.ids.length : 1240 }),
    'outbox.discard': ({ selection }) => ({ count: 'ids' in selection ? selection.ids.length : 1240, undoToken: 'u1' }),
    'outbox.undoDiscard': () => ({ count: 1 }),
    'outbox.export': () => ({ fileName: 'tidemark-outbox.jsonl', text: '{}\n' }),
    'outbox.releasePreview': () => scenario.previews,
    'billing.checkout': () => {
      checkout = {
        id: 'co-2',
        planId: 'pro',
        planName: 'Pro',
        url: 'https://sandbox.polar.sh/checkout/co-2',
        amountCents: 1900,
        currency: 'USD',
        state: 'waiting_for_payment',
        detail: null,
        createdAt: Date.now(),
      }
      return checkout
    },
    'billing.checkoutStatus': () => checkout,
    'billing.dismissCheckout': () => {
      checkout = null
      return {}
    },
    'billing.portal': () => ({ url: 'https://sandbox.polar.sh/acme/portal' }),
    'billing.preview': ({ planId = 'pro' }) => ({
      planId,
      quote: {
        id: '0190c2a0-0000-7000-8000-0000000000aa',
        dueCents: planId === 'pro' ? 1900 : 4260,
        lines: [
          { kind: 'plan', label: planId === 'pro' ? 'Layer A Pro' : 'Remaining time on Layer A Team', amountCents: planId === 'pro' ? 1900 : 4900 },
          ...(planId === 'pro' ? [] : [{ kind: 'credit', label: 'Unused time on Layer A Pro', amountCents: -640 }]),
          { kind: 'tax', label: 'Tax', amountCents: 0 },
        ],
        expiresAt: now + 600_000,
      },
      dueTodayCents: planId === 'pro' ? 1900 : 4900,
      creditCents: planId === 'pro' ? 0 : 640,
      priceCents: planId === 'pro' ? 1900 : 4900,
      recurringCents: planId === 'pro' ? 1900 : 4900,
      currency: 'USD',
      effective: 'now',
      periodEnd: now + 30 * 86_400_000,
      wouldBeOver: [],
      limits: [],
    }),
    'offers.read': () => fakeOffers(scenario.previews, now),
    'offers.request': () => ({}),
    'offers.decide': () => ({ checkoutUrl: null }),
    'tenants.list': () => [],
    'tenants.read': () => ({
      planName: 'Pro',
      priceCents: 1900,
      currency: 'USD',
      interval: 'month',
      periodStart: now,
      periodEnd: now + 30 * 86_400_000,
      paymentMethod: null,
      meters: [],
      invoices: [],
      requests: [],
    }),
    'histories.read': () => ({ wentBack: null, foreign: null }),
    'histories.dismiss': () => ({}),
    'honesty.audit': () => ({
      checkedAt: scenario.rows > 0 ? now - 60_000 : null,
      lines:
        scenario.rows === 0
          ? []
          : [
              {
                meter: 'encrypted_bytes',
                name: 'Encrypted bytes',
                unit: 'bytes',
                deviceCount: 26_212_557,
                platformCount: 26_212_557,
                verdict: 'agrees',
                explanation: 'Every envelope that this device delivered is counted once.',
              },
              {
                meter: 'sync_operations',
                name: 'Sync operations',
                unit: 'operations',
                deviceCount: 840,
                platformCount: 842,
                verdict: 'drift',
                explanation: 'Two answers were lost on the way; the platform counted what this device could not see.',
              },
              {
                meter: 'sync_devices',
                name: 'Sync devices',
                unit: 'sessions',
                deviceCount: null,
                platformCount: 1,
                verdict: 'unknown',
                explanation: 'Sessions of other devices cannot be counted here.',
              },
            ],
    }),
    'honesty.egress': ({ before, limit }) => fakeEgress(scenario, before, limit),
    'subKeys.list': () => scenario.subKeys,
    'subKeys.create': ({ name }) => ({
      secret: 'tm_sk_9vJ2cQ4kWm7yXbN1pR8sTzA5dF0hL3uE6gK',
      subKey: {
        id: 'sk-new',
        name,
        createdAt: Date.now(),
        revokedAt: null,
        onThisDevice: true,
        heldCount: 0,
        heldBytes: 0,
        deliveredCount: 0,
        deliveredBytes: 0,
        lastWriteAt: null,
      },
    }),
    'subKeys.rename': () => ({}),
    'subKeys.revoke': () => ({}),
    'devices.list': () => scenario.devices,
    'devices.rename': () => ({}),
    'devices.revoke': () => ({}),
    'settings.list': () => structuredClone(settings),
    'settings.put': ({ key, value }) => {
      const setting = settings.find((candidate) => candidate.key === key)
      if (setting) Object.assign(setting, { pendingValue: value, state: 'pending', itemId: 'row-3' })
      return {}
    },
    'vault.status': () => vault,
    'vault.setPassphrase': () => ({}),
    'vault.unlock': ({ passphrase }) => {
      if (passphrase !== 'correct horse')
        return refuse(
          'wrong_passphrase',
          'That is not the passphrase.',
          'Mind capital letters. A forgotten passphrase cannot be recovered, but a key backup can be imported.',
        )
      vault = { ...vault, state: 'unlocked' }
      emit({ event: 'vault.changed', payload: vault })
      return {}
    },
    'vault.lock': () => {
      vault = { ...vault, state: 'locked' }
      emit({ event: 'vault.changed', payload: vault })
      return {}
    },
    'vault.exportBackup': () => ({ fileName: 'tidemark-key.json', text: '{}' }),
    'vault.importBackup': () => ({ subKeys: 2 }),
    'vault.restore': () => ({}),
    'import.start': () => ({ importId: 'i1' }),
    'import.chunk': async () => {
      await new Promise((resolve) => window.setTimeout(resolve, 5))
      return {}
    },
    'import.finish': () => ({
      id: 'i1',
      state: 'done',
      filesTotal: 3,
      filesDone: 3,
      bytesDone: 1,
      refused: [{ name: 'video.mp4', reason: 'A memory may have at most 8 MiB.' }],
    }),
    'import.cancel': () => ({ id: 'i1', state: 'cancelled', filesTotal: 3, filesDone: 1, bytesDone: 1, refused: [] }),
    'backups.list': () => [{ name: 'outbox-2026-11-21T03-00-00Z.db', at: now - 90 * 60_000, sizeBytes: 17 * MiB }],
    'backups.create': () => ({ name: 'outbox-2026-11-21T04-30-00Z.db' }),
    ...fakeDesktop(emit),
    ...fakeAudit(scenario),
    ...fakeWallet,
  }

  return {
    host: 'desktop',
    async call<N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>>> {
      await new Promise((resolve) => window.setTimeout(resolve, 4))
      try {
        return { ok: true, value: await handlers[name](input) }
      } catch (error) {
        if (error instanceof Refusal) return { ok: false, error: { code: error.code, message: error.message, suggestion: error.suggestion } }
        throw error
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    openExternal: async () => ({ ok: true, value: {} }),
  }
}

class Refusal extends Error {
  readonly code: string
  readonly suggestion: string
  constructor(code: string, message: string, suggestion: string) {
    super(message)
    this.code = code
    this.suggestion = suggestion
  }
}

function refuse(code: string, message: string, suggestion: string): never {
  throw new Refusal(code, message, suggestion)
}
