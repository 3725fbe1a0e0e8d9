/**
 * The topics of the changes feed: one entry is what a platform's document is (its body), and whom it is sent to. The engine checks what comes
 * by it, the sandbox sends by it. A platform that is newer may send others: they are kept as they are and shown nowhere.
 */
import type { z } from 'zod'
import {
  checkoutDocument,
  counter,
  deviceCounter,
  deviceDocument,
  planResponse,
  plansResponse,
  settingDocument,
  subKeyDocument,
  workspaceResponse,
} from '../platform.ts'
import { memberDocument } from './account.ts'
import { alertEvent, alertRule } from './alerts.ts'
import { auditCheckpoint, auditEntry } from './audit.ts'
import { costDayDocument } from './costs.ts'
import { invoiceDocument, paymentMethodsDocument } from './invoices.ts'
import { boosterDocument, planRequestDocument } from './purchase.ts'
import { snapshotDocument, usageDayDocument } from './usage.ts'
import { elementDocument, instanceDocument, ledgerLineDocument, pricingDocument, walletDocument } from './wallet.ts'

type DocumentOfTopic = {
  body: z.ZodType
  /** The action that a role must be allowed for to be sent it: the same as for the routes that read it. Null: it asks for nothing. */
  needs: 'view_usage' | 'view_invoices' | null
}

export const documentTopics = {
  workspace: { body: workspaceResponse, needs: null },
  plan: { body: planResponse, needs: 'view_usage' },
  plans: { body: plansResponse, needs: 'view_usage' },
  counter: { body: counter, needs: 'view_usage' },
  device_counter: { body: deviceCounter, needs: null },
  device: { body: deviceDocument, needs: null },
  sub_key: { body: subKeyDocument, needs: null },
  setting: { body: settingDocument, needs: null },
  checkout: { body: checkoutDocument, needs: null },
  member: { body: memberDocument, needs: null },
  booster: { body: boosterDocument, needs: 'view_usage' },
  plan_request: { body: planRequestDocument, needs: 'view_usage' },
  invoice: { body: invoiceDocument, needs: 'view_invoices' },
  payment_methods: { body: paymentMethodsDocument, needs: 'view_invoices' },
  cost_day: { body: costDayDocument, needs: 'view_usage' },
  snapshot: { body: snapshotDocument, needs: 'view_usage' },
  usage_day: { body: usageDayDocument, needs: 'view_usage' },
  alert_rule: { body: alertRule, needs: 'view_usage' },
  alert_event: { body: alertEvent, needs: 'view_usage' },
  audit_entry: { body: auditEntry, needs: 'view_usage' },
  audit_checkpoint: { body: auditCheckpoint, needs: 'view_usage' },
  wallet: { body: walletDocument, needs: 'view_usage' },
  ledger_line: { body: ledgerLineDocument, needs: 'view_usage' },
  element: { body: elementDocument, needs: 'view_usage' },
  pricing: { body: pricingDocument, needs: 'view_usage' },
  instance: { body: instanceDocument, needs: 'view_usage' },
} as const satisfies Record<string, DocumentOfTopic>
export type DocumentTopic = keyof typeof documentTopics
