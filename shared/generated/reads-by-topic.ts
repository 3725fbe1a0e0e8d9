// Generated from the topics of the reads in shared/contract by `npm run generate`. Never edit: change the contract and run it again.
import type { ReadName } from '../contract/console.ts'
import type { Topic } from '../contract/topics.ts'

/** The reads that show a topic. A topic that no read shows is missing here, and does not compile. */
export const readsByTopic: Readonly<Record<Topic, readonly ReadName[]>> = {
  activity: [
    'overview.read',
    'overview.news',
  ],
  alert_event: [
    'alerts.fired',
    'overview.news',
  ],
  alert_rule: [
    'alerts.read',
  ],
  audit_chain: [
    'audit.overview',
  ],
  audit_checkpoint: [
    'audit.page',
    'audit.overview',
  ],
  audit_entry: [
    'audit.page',
    'audit.overview',
  ],
  backups: [
    'backups.list',
    'backups.planned',
  ],
  booster: [
    'billing.preview',
    'offers.read',
    'usage.read',
  ],
  checkout: [
    'overview.read',
    'billing.checkoutStatus',
  ],
  connection: [
    'workspaces.list',
    'honesty.audit',
  ],
  cost_day: [
    'costs.read',
    'costs.change',
    'usage.read',
  ],
  counter: [
    'overview.read',
    'outbox.releasePreview',
    'billing.preview',
    'honesty.audit',
    'alerts.read',
    'plans.cheapest',
    'offers.read',
    'overview.news',
    'usage.read',
    'usage.trend',
    'usage.breakdown',
  ],
  desktop: [
    'desktop.status',
  ],
  device: [
    'app.info',
    'devices.list',
  ],
  device_counter: [
    'honesty.audit',
  ],
  egress: [
    'honesty.egress',
  ],
  element: [
    'wallet.read',
    'wallet.ledger',
    'wallet.prices',
    'wallet.estimate',
    'wallet.instances',
  ],
  instance: [
    'wallet.instances',
  ],
  invoice: [
    'costs.read',
    'costs.change',
    'invoices.list',
    'overview.news',
  ],
  ledger_line: [
    'wallet.ledger',
    'wallet.burnDown',
    'usage.read',
  ],
  member: [
    'workspaces.members',
    'audit.page',
    'costs.read',
    'costs.change',
    'wallet.ledger',
    'usage.breakdown',
  ],
  outbox: [
    'workspaces.list',
    'overview.read',
    'outbox.page',
    'outbox.item',
    'outbox.titles',
    'outbox.tally',
    'outbox.releasePreview',
    'settings.list',
    'honesty.audit',
    'subKeys.list',
    'alerts.read',
    'plans.cheapest',
    'offers.read',
  ],
  payment_methods: [
    'invoices.paymentMethods',
  ],
  plan: [
    'overview.read',
    'outbox.releasePreview',
    'billing.preview',
    'honesty.audit',
    'alerts.read',
    'plans.cheapest',
    'offers.read',
    'costs.read',
    'costs.change',
    'usage.read',
    'usage.trend',
    'usage.breakdown',
  ],
  plan_request: [
    'offers.read',
  ],
  plans: [
    'workspaces.list',
    'overview.read',
    'outbox.page',
    'outbox.item',
    'outbox.tally',
    'outbox.releasePreview',
    'billing.preview',
    'alerts.read',
    'alerts.fired',
    'plans.cheapest',
    'workspaces.members',
    'offers.read',
    'costs.read',
    'costs.change',
    'wallet.read',
    'invoices.list',
    'invoices.paymentMethods',
    'overview.news',
    'usage.read',
    'usage.trend',
    'usage.breakdown',
  ],
  pricing: [
    'wallet.ledger',
    'wallet.prices',
    'wallet.estimate',
    'wallet.instances',
  ],
  setting: [
    'settings.list',
  ],
  snapshot: [
    'plans.cheapest',
    'overview.news',
    'usage.read',
    'usage.trend',
  ],
  sub_key: [
    'outbox.page',
    'outbox.item',
    'outbox.tally',
    'honesty.audit',
    'subKeys.list',
  ],
  tenants: [
    'tenants.list',
    'tenants.read',
  ],
  updates: [
    'updates.status',
  ],
  usage_day: [
    'usage.breakdown',
  ],
  vault: [
    'outbox.item',
    'outbox.titles',
    'vault.status',
  ],
  wallet: [
    'wallet.read',
    'wallet.burnDown',
    'usage.read',
  ],
  warnings: [
    'app.info',
  ],
  workspace: [
    'workspaces.list',
    'billing.preview',
    'honesty.audit',
    'devices.list',
    'alerts.read',
    'workspaces.members',
    'offers.read',
    'tenants.list',
    'tenants.read',
    'costs.read',
    'costs.change',
    'invoices.list',
    'invoices.paymentMethods',
  ],
}
