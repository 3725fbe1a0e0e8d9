import type { Topic } from '../../../shared/contract/platform.ts'
import type { Account } from '../meter/accounts/account.ts'
import type { SignedIn } from '../http/environment.ts'
import { permissionIn } from './permission.ts'

/** What a role must be allowed to be sent a topic: the same as for the routes that read it. Null: they ask for nothing. */
const ACTION_OF_TOPIC: Readonly<Record<Topic, 'view_usage' | 'view_invoices' | null>> = {
  workspace: null,
  member: null,
  setting: null,
  device: null,
  device_counter: null,
  sub_key: null,
  checkout: null,
  plan: 'view_usage',
  plans: 'view_usage',
  counter: 'view_usage',
  booster: 'view_usage',
  plan_request: 'view_usage',
  cost_day: 'view_usage',
  snapshot: 'view_usage',
  usage_day: 'view_usage',
  alert_rule: 'view_usage',
  alert_event: 'view_usage',
  audit_entry: 'view_usage',
  audit_checkpoint: 'view_usage',
  wallet: 'view_usage',
  ledger_line: 'view_usage',
  element: 'view_usage',
  pricing: 'view_usage',
  instance: 'view_usage',
  invoice: 'view_invoices',
  payment_methods: 'view_invoices',
}

/** The topics that whoever asks is not sent. */
export function hiddenTopics(account: Account, signedIn: SignedIn): ReadonlySet<string> {
  const hidden = Object.entries(ACTION_OF_TOPIC).filter(([, action]) => action !== null && permissionIn(account, signedIn, action).allowed !== true)
  return new Set(hidden.map(([topic]) => topic))
}
