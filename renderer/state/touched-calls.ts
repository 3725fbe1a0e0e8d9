import type { CallName, ConsoleEvent } from '../../shared/contract/console.ts'

/** Which reads show documents of a topic. A topic that is missing here is shown nowhere. */
const callsByTopic: Record<string, readonly CallName[]> = {
  workspace: ['workspaces.list'],
  member: ['workspaces.members', 'audit.page', 'costs.read', 'costs.change', 'usage.breakdown', 'wallet.ledger'],
  booster: ['offers.read', 'billing.preview', 'usage.read'],
  plan_request: ['offers.read'],
  plan: [
    'offers.read',
    'overview.read',
    'usage.read',
    'usage.trend',
    'usage.breakdown',
    'costs.read',
    'costs.change',
    'alerts.read',
    'outbox.releasePreview',
    'billing.preview',
    'honesty.audit',
  ],
  /** The catalog: what everything is called, and who may do what. */
  plans: [
    'offers.read',
    'workspaces.list',
    'workspaces.members',
    'overview.read',
    'overview.news',
    'usage.read',
    'usage.trend',
    'usage.breakdown',
    'costs.read',
    'costs.change',
    'alerts.read',
    'alerts.fired',
    'invoices.list',
    'invoices.paymentMethods',
    'wallet.read',
    'outbox.tally',
    'outbox.releasePreview',
    'billing.preview',
  ],
  counter: ['offers.read', 'overview.read', 'usage.read', 'usage.trend', 'outbox.releasePreview', 'billing.preview', 'honesty.audit'],
  device_counter: ['honesty.audit'],
  device: ['devices.list', 'overview.read'],
  sub_key: ['subKeys.list', 'overview.read', 'honesty.audit'],
  setting: ['settings.list'],
  checkout: ['overview.read', 'billing.checkoutStatus'],
  alert_rule: ['alerts.read'],
  alert_event: ['alerts.fired', 'overview.read', 'overview.news'],
  audit_entry: ['audit.page', 'audit.overview'],
  audit_checkpoint: ['audit.page', 'audit.overview'],
  /** Of this computer: what it found when it followed the chain. */
  audit_chain: ['audit.overview'],
  invoice: ['invoices.list', 'costs.read', 'costs.change', 'overview.news'],
  payment_methods: ['invoices.paymentMethods'],
  wallet: ['wallet.read', 'wallet.burnDown', 'usage.read'],
  ledger_line: ['wallet.ledger', 'wallet.burnDown', 'usage.read'],
  pricing: ['wallet.prices', 'wallet.estimate', 'wallet.ledger', 'wallet.instances'],
  element: ['wallet.read', 'wallet.prices', 'wallet.estimate', 'wallet.ledger', 'wallet.instances'],
  instance: ['wallet.instances'],
  cost_day: ['costs.read', 'costs.change', 'usage.read'],
  snapshot: ['usage.read', 'usage.trend', 'overview.news'],
  usage_day: ['usage.breakdown'],
}

export type Touched = { workspaceId: string | null; calls: readonly CallName[] }

/** Pure: the reads that an event makes stale. `workspaceId` null: those of every workspace. */
export function touchedCalls(event: ConsoleEvent): Touched {
  switch (event.event) {
    case 'cache.changed':
      return { workspaceId: event.payload.workspaceId, calls: [...new Set(event.payload.topics.flatMap((topic) => callsByTopic[topic] ?? []))] }
    case 'connection.changed':
      return { workspaceId: null, calls: ['workspaces.list'] }
    case 'outbox.changed':
      return {
        workspaceId: event.payload.workspaceId,
        calls: [
          'overview.read',
          'outbox.page',
          'outbox.item',
          'outbox.tally',
          'outbox.releasePreview',
          'settings.list',
          'alerts.read',
          'subKeys.list',
          'honesty.egress',
        ],
      }
    case 'release.finished':
      return { workspaceId: event.payload.workspaceId, calls: ['overview.read', 'outbox.page', 'outbox.tally', 'outbox.releasePreview', 'honesty.audit'] }
    case 'checkout.changed':
      return { workspaceId: event.payload.workspaceId, calls: ['overview.read', 'billing.checkoutStatus'] }
    case 'workspaces.changed':
      return { workspaceId: null, calls: ['workspaces.list', 'workspaces.members'] }
    case 'vault.changed':
      return { workspaceId: null, calls: ['vault.status', 'outbox.page', 'outbox.item', 'subKeys.list', 'devices.list', 'overview.read'] }
    case 'import.progress':
      return { workspaceId: null, calls: event.payload.state === 'running' ? [] : ['overview.read', 'outbox.page', 'outbox.tally'] }
    case 'restore.progress':
      return { workspaceId: event.payload.workspaceId, calls: event.payload.progress.state === 'running' ? [] : ['honesty.audit', 'overview.read'] }
    case 'warnings.changed':
      return { workspaceId: null, calls: ['app.info'] }
    case 'request.moved':
      return { workspaceId: event.payload.workspaceId, calls: ['offers.read', 'tenants.list', 'tenants.read'] }
    case 'alert.fired':
      return { workspaceId: event.payload.workspaceId, calls: [] }
    case 'updates.changed':
      return { workspaceId: null, calls: ['updates.status'] }
    case 'desktop.engine':
      return { workspaceId: null, calls: ['desktop.status'] }
    case 'desktop.page':
      return { workspaceId: null, calls: [] }
  }
}
