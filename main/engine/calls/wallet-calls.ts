import type { z } from 'zod'
import { dayOf } from '../../../shared/billing/cost-day.ts'
import { microAuFromWire } from '../../../shared/billing/wallet.ts'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { LedgerRow, Spent, WalletView } from '../../../shared/contract/console/wallet.ts'
import { approvalRequired, type walletDocument } from '../../../shared/contract/platform/wallet.ts'
import { type CachedPrices, dimensionName, estimateOf, existenceMicroAu, pricesFromWire, pricesView, quantityText } from '../billing/wallet/cached-prices.ts'
import type { Ledger, LedgerLine } from '../billing/wallet/ledger.ts'
import { availableMicroAu, walletDays, walletRate } from '../billing/wallet/wallet-days.ts'
import type { WorkspaceView, WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import type { Clock } from '../base/clock.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { Answer } from '../sync/client/answer.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { PlatformClient } from '../sync/client/platform-client.ts'
import { failureOf } from '../sync/client/refusal.ts'
import type { Sync } from '../sync/sync.ts'
import type { WorkspaceRegistry } from '../sync/accounts/workspace-registry.ts'

type WalletDocument = z.output<typeof walletDocument>

const HTTP_APPROVAL_REQUIRED = 428

export type WalletCallParts = {
  view: WorkspaceViewOf
  documents: Pick<Documents, 'read' | 'list' | 'put'>
  ledger: Pick<Ledger, 'page' | 'count' | 'days' | 'balanceBefore'>
  client: Pick<PlatformClient, 'send'>
  sync: Pick<Sync, 'kick'>
  /** Whether the workspace is still here when an answer comes. */
  registry: Pick<WorkspaceRegistry, 'find'>
  clock: Pick<Clock, 'now'>
  emit: (event: ConsoleEvent) => void
}

export function walletCalls({ view, documents, ledger, client, sync, registry, clock, emit }: WalletCallParts): HandlersOf<'wallet'> {
  /** Null before the first visit of the platform, or where it has no prices. */
  function pricesOf(workspaceId: string): CachedPrices | null {
    const pricing = documents.read(workspaceId, 'pricing')
    return pricing === null ? null : pricesFromWire(pricing, documents.list(workspaceId, 'element'))
  }

  /** The oldest first: that one takes the top-ups. */
  function walletsOf(workspaceId: string): WalletDocument[] {
    view(workspaceId)
    return documents.list(workspaceId, 'wallet').toSorted((one, other) => Date.parse(one.created_at) - Date.parse(other.created_at))
  }

  function walletOf(workspaceId: string, circle: string): WalletDocument {
    const wallet = walletsOf(workspaceId).find((candidate) => candidate.circle === circle)
    if (wallet === undefined) throw new ConsoleFailure('not_found', `This computer knows no circle ${circle}.`, 'Choose another circle, or sync.')
    return wallet
  }

  /** Something that costs, asked of the platform now: it is never queued. What it did comes with the feed. */
  async function spend(
    workspaceId: string,
    send: () => Promise<Answer<{ total_micro_au: number | string; balance_micro_au: number | string }>>,
  ): Promise<Spent> {
    const answer = await send()
    if (answer.kind === 'ok') {
      sync.kick(workspaceId)
      const { total_micro_au: total, balance_micro_au: balance } = answer.value
      return { state: 'done', totalMicroAu: microAuFromWire(total).toString(), balanceMicroAu: microAuFromWire(balance).toString() }
    }
    if (answer.kind === 'error' && answer.status === HTTP_APPROVAL_REQUIRED) {
      const asked = approvalRequired.safeParse(answer.error)
      if (asked.success) {
        const { approval_id: approvalId, total_micro_au: total, expires_at: expiresAt } = asked.data
        return { state: 'approval_required', approvalId, totalMicroAu: microAuFromWire(total).toString(), expiresAt: Date.parse(expiresAt) }
      }
    }
    throw failureOf(answer)
  }

  return {
    'wallet.read': ({ workspaceId, circle }): WalletView => {
      const wallets = walletsOf(workspaceId)
      const wallet = circle === null ? wallets[0] : wallets.find((candidate) => candidate.circle === circle)
      return {
        circles: wallets.map(({ circle: id, name }) => ({ id, name })),
        wallet: wallet === undefined ? null : walletView(view(workspaceId), documents.list(workspaceId, 'element'), wallet),
      }
    },
    'wallet.ledger': ({ workspaceId, circle, kind, element, before, limit }) => {
      view(workspaceId)
      const prices = pricesOf(workspaceId)
      const members = new Map(documents.list(workspaceId, 'member').map(({ id, name }) => [id, name]))
      const { lines, next } = ledger.page(workspaceId, circle, { kind, element }, before, limit)
      return {
        rows: lines.map((line) => ledgerRow(line, prices, members)),
        next,
        total: ledger.count(workspaceId, circle, { kind, element }),
      }
    },
    'wallet.burnDown': ({ workspaceId, circle, days: count }) => {
      const wallet = walletOf(workspaceId, circle)
      const shown = walletDays(ledger, workspaceId, circle, dayOf(clock.now()), count)
      const { perDayMicroAu, countedDays, emptyAt } = walletRate(shown, availableMicroAu(wallet), clock.now())
      return { days: shown, perDayMicroAu: perDayMicroAu?.toString() ?? null, countedDays, emptyAt }
    },
    'wallet.prices': ({ workspaceId }) => {
      view(workspaceId)
      const prices = pricesOf(workspaceId)
      return prices === null ? null : pricesView(prices)
    },
    'wallet.estimate': ({ workspaceId, element, operation, quantities }) => {
      view(workspaceId)
      const prices = pricesOf(workspaceId)
      const estimate = prices === null ? null : estimateOf(prices, element, operation, quantities)
      if (estimate === null) throw new ConsoleFailure('not_found', 'This computer does not know what this element costs.', 'Sync, then try again.')
      return estimate
    },
    'wallet.run': ({ workspaceId, circle, element, operation, quantities, approvalId, attemptId }) => {
      walletOf(workspaceId, circle)
      const body = { element, operation, quantities, ...(approvalId === null ? {} : { approval_id: approvalId }) }
      return spend(workspaceId, () => client.send(workspaceId, 'startRun', { params: { circle }, body, idempotencyKey: attemptId }))
    },
    'wallet.instances': ({ workspaceId, circle }) => {
      view(workspaceId)
      const prices = pricesOf(workspaceId)
      return documents
        .list(workspaceId, 'instance')
        .filter((instance) => instance.circle === circle && instance.deleted_at === null)
        .toSorted((one, other) => Date.parse(one.created_at) - Date.parse(other.created_at))
        .map((instance) => ({
          id: instance.id,
          name: instance.name,
          elementName: elementName(prices, instance.element),
          createdAt: Date.parse(instance.created_at),
          suspendedAt: instance.suspended_at === null ? null : Date.parse(instance.suspended_at),
          perDayMicroAu: (prices === null ? 0n : existenceMicroAu(prices, instance.element)).toString(),
          paidThrough: instance.paid_through,
        }))
    },
    'wallet.createInstance': ({ workspaceId, circle, element, name, approvalId, attemptId }) => {
      walletOf(workspaceId, circle)
      const body = { element, ...(name === null ? {} : { name }), ...(approvalId === null ? {} : { approval_id: approvalId }) }
      return spend(workspaceId, () => client.send(workspaceId, 'createInstance', { params: { circle }, body, idempotencyKey: attemptId }))
    },
    'wallet.deleteInstance': async ({ workspaceId, circle, id }) => {
      walletOf(workspaceId, circle)
      const answer = await client.send(workspaceId, 'deleteInstance', { params: { circle, id } })
      if (answer.kind !== 'ok') throw failureOf(answer)
      keep(workspaceId, () => documents.put(workspaceId, 'instance', answer.value, id))
      sync.kick(workspaceId)
      return {}
    },
    'wallet.createCircle': async ({ workspaceId, circle, name, attemptId }) => {
      view(workspaceId)
      const answer = await client.send(workspaceId, 'createCircle', { body: { circle, name }, idempotencyKey: attemptId })
      if (answer.kind !== 'ok') throw failureOf(answer)
      keep(workspaceId, () => documents.put(workspaceId, 'wallet', answer.value, circle))
      sync.kick(workspaceId)
      return {}
    },
  }

  /** An answer is on the pages before the feed brings it; a workspace that was removed meanwhile keeps nothing. */
  function keep(workspaceId: string, write: () => ReadonlySet<string>): void {
    if (registry.find(workspaceId) === null) return
    emit({ event: 'cache.changed', payload: { workspaceId, topics: [...write()] } })
  }
}

function walletView(
  { catalog }: Pick<WorkspaceView, 'catalog'>,
  elementDocuments: readonly { id: string; name: string }[],
  wallet: WalletDocument,
): WalletView['wallet'] {
  const elements = new Map(elementDocuments.map(({ id, name }) => [id, name]))
  const plans = catalog?.plans ?? []
  return {
    circle: wallet.circle,
    name: wallet.name,
    balanceMicroAu: microAuFromWire(wallet.balance_micro_au).toString(),
    heldMicroAu: microAuFromWire(wallet.held_micro_au).toString(),
    availableMicroAu: availableMicroAu(wallet).toString(),
    hardWall: wallet.hard_wall,
    planName: plans.find(({ id }) => id === wallet.plan)?.name ?? wallet.plan,
    reserves: wallet.reserves.map((reserve) => ({
      runId: reserve.run_id,
      elementName: elements.get(reserve.element) ?? reserve.element,
      operation: reserve.operation,
      reservedMicroAu: microAuFromWire(reserve.reserved_micro_au).toString(),
      expiresAt: Date.parse(reserve.expires_at),
    })),
  }
}

function ledgerRow(line: LedgerLine, prices: CachedPrices | null, members: ReadonlyMap<string, string>): LedgerRow {
  const { dimension, quantity } = line
  return {
    number: line.number,
    at: Date.parse(line.at),
    kind: line.kind,
    elementName: line.element === null ? null : elementName(prices, line.element),
    operation: line.operation,
    dimensionName: dimension === null || prices === null ? dimension : dimensionName(prices, dimension),
    quantityText: dimension === null || quantity === null || prices === null ? null : quantityText(prices, dimension, BigInt(quantity)),
    rateMicroAu: line.rate_micro_au === null ? null : microAuFromWire(line.rate_micro_au).toString(),
    per: line.per,
    scope: line.scope,
    amountMicroAu: microAuFromWire(line.amount_micro_au).toString(),
    balanceMicroAu: microAuFromWire(line.balance_micro_au).toString(),
    waivedMicroAu: microAuFromWire(line.waived_micro_au).toString(),
    memberName: line.member_id === null ? null : (members.get(line.member_id) ?? line.member_id),
    reference: line.reference,
  }
}

function elementName(prices: CachedPrices | null, id: string): string {
  return prices?.elements.find((element) => element.id === id)?.name ?? id
}
