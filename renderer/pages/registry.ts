import { alertsEntry } from './alerts/index.ts'
import { auditEntry } from './audit/index.ts'
import { costsEntry } from './costs/index.ts'
import { devicesEntry } from './devices/index.ts'
import { addWorkspaceEntry } from './first-run/index.ts'
import { honestyEntry } from './honesty/index.ts'
import { invoicesEntry } from './invoices/index.ts'
import { outboxEntry } from './outbox/index.ts'
import { overviewEntry } from './overview/index.ts'
import type { PageEntry } from './page-entry.ts'
import { plansEntry } from './plans/index.ts'
import { settingsEntry } from './settings/index.ts'
import { tenantsEntry } from './tenants/index.ts'
import { usageEntry } from './usage/index.ts'
import { walletEntry } from './wallet/index.ts'

/** Every page, in the order of the navigation. Routes, navigation, palette and shortcuts come from this list and from nothing else. */
export const pages: readonly PageEntry[] = [
  overviewEntry,
  usageEntry,
  plansEntry,
  costsEntry,
  invoicesEntry,
  walletEntry,
  alertsEntry,
  auditEntry,
  outboxEntry,
  devicesEntry,
  honestyEntry,
  settingsEntry,
  tenantsEntry,
  addWorkspaceEntry,
]
