import { createRoute, z } from '@hono/zod-openapi'
import { isCountry } from '../../../shared/billing/country.ts'
import { putSettingRequest, settingsResponse } from '../../../shared/contract/platform.ts'
import { RETENTION_SETTING } from '../audit/retention.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { RECIPIENT_SETTINGS } from '../alerts/deliveries.ts'
import { makeRoutes, type Routes, type SignedIn } from '../http/environment.ts'
import { badRequest, Refusal } from '../http/failure.ts'
import { permissionIn, requireBilling } from '../permissions/permission.ts'
import { jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import { BUYER_SETTINGS } from '../invoices/parties.ts'
import { announcePaymentMethods, COUNTRY_SETTING } from '../invoices/payment-methods.ts'
import type { Account } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Platform } from '../platform.ts'
import { writeSetting } from '../settings/write-setting.ts'
import type { Unit } from '../store/store.ts'

/** The plan in force, shown among the settings and changed by a checkout only. (seed: truss) */
const READ_ONLY_KEY = 'plan_id'

const MOST_SETTINGS = 1_000
/** Keys that somebody else works with. */
const OWN_KEY = /^[a-z][a-z0-9_.-]{0,63}$/

/** What each setting with a meaning here may be. */
const settingTypes: Readonly<Record<string, { type: z.ZodType<string>; words: string }>> = {
  org_name: { type: z.string().trim().min(1).max(200), words: 'a name of 1 to 200 characters' },
  [RECIPIENT_SETTINGS.sms]: { type: z.string().regex(/^(?:|\+[1-9]\d{6,14})$/), words: 'a telephone number such as +15550100147, or empty' },
  billing_email: { type: z.email().max(254), words: 'an e-mail address' },
  [COUNTRY_SETTING]: { type: z.string().refine((code) => code === '' || isCountry(code)), words: 'a country code of ISO 3166 in two capitals, or empty' },
  [BUYER_SETTINGS.address]: { type: z.string().trim().max(500), words: 'an address of at most 500 characters, or empty' },
  [BUYER_SETTINGS.taxId]: { type: z.string().trim().max(64), words: 'a tax id of at most 64 characters, or empty' },
  [RETENTION_SETTING]: { type: z.string().regex(/^(?:|[1-9]\d{0,4})$/), words: 'a number of days, or empty to keep everything' },
}

const readSettings = createRoute({
  method: 'get',
  path: '/api/billing/settings',
  summary: 'The organisation’s settings',
  security,
  responses: { 200: jsonAnswer(settingsResponse, 'Every setting by its key'), ...refusals },
})
const putSetting = createRoute({
  method: 'put',
  path: '/api/billing/settings',
  summary: 'Change one setting',
  security,
  request: { body: jsonBody(putSettingRequest) },
  responses: { 200: jsonAnswer(settingsResponse, 'The setting as it is now'), ...refusals },
})

export function settingsRoutes(platform: Platform): Routes {
  return makeRoutes()
    .openapi(readSettings, async (context) => {
      const { workspaceId } = context.get('signedIn')
      const settings = await platform.store.write(async (unit) => {
        const account = await openAccount(unit, workspaceId)
        requireBilling(account)
        const rows = await unit.tx.selectFrom('settings').select(['key', 'value']).where('workspace_id', '=', workspaceId).orderBy('key').execute()
        return { [READ_ONLY_KEY]: account.plan.id, [RETENTION_SETTING]: '', ...Object.fromEntries(rows.map(({ key, value }) => [key, value])) }
      })
      return context.json(settings, 200)
    })
    .openapi(putSetting, async (context) => {
      const signedIn = context.get('signedIn')
      const { workspaceId, memberId } = signedIn
      const { key, value, version } = context.req.valid('json')
      const written = checkSetting(key, value)
      await platform.store.write(async (unit) => {
        const account = await openAccount(unit, workspaceId)
        requireBilling(account)
        if (key === RETENTION_SETTING) requireRetention(account, signedIn)
        if (!Object.hasOwn(settingTypes, key)) await requireRoom(unit, workspaceId, key)
        const before = await writeSetting(unit, workspaceId, key, written, version)
        if (before === written) return
        if (key === COUNTRY_SETTING) await announcePaymentMethods(unit, account)
        const metadata = { key, old_value: before, new_value: written }
        await writeAudit(unit, { workspaceId, actor: memberId, action: 'settings.update', target: `setting/${key}`, metadata })
      })
      return context.json({ [key]: written }, 200)
    })
}

/** What the log forgets is nothing for whoever has no say in the plan: a Billing Contact's own acts stand in it. @throws Refusal 403 `forbidden`. */
function requireRetention(account: Account, signedIn: SignedIn): void {
  if (permissionIn(account, signedIn, 'update_plan').allowed !== false) return
  const role = account.catalog.permissions.roles.find(({ id }) => id === signedIn.role)?.name ?? signedIn.role
  const reason = `${role} may not set how long the audit log is kept.`
  throw new Refusal('forbidden', reason, 'Ask a member who may change the plan.', { reason })
}

/** @throws Refusal for one more key where there are enough: the list is open, and everybody reads all of it. */
async function requireRoom({ tx }: Unit, workspaceId: string, key: string): Promise<void> {
  const keys = await tx.selectFrom('settings').select('key').where('workspace_id', '=', workspaceId).execute()
  if (keys.length < MOST_SETTINGS || keys.some((known) => known.key === key)) return
  throw new Refusal('invalid_setting', `There are ${MOST_SETTINGS} settings already.`, 'Use a key that is there.')
}

/** @throws Refusal for a key that is not to be written, or a value of another type. */
function checkSetting(key: string, value: string): string {
  if (key === READ_ONLY_KEY) {
    throw new Refusal(
      'read_only_setting',
      `${key} is changed by a checkout, not here.`,
      'Upgrade through a checkout, or manage the subscription in the portal.',
    )
  }
  // The list of the seed is open ("Common settings keys include"): what this platform does not work with is kept as text.
  const known = Object.hasOwn(settingTypes, key) ? settingTypes[key] : undefined
  if (known === undefined) {
    if (!OWN_KEY.test(key))
      throw badRequest(`${key.slice(0, 64)} cannot be the key of a setting.`, 'Use lower-case letters, digits, "_", "-" and ".", at most 64.')
    return value
  }
  const parsed = known.type.safeParse(value)
  if (!parsed.success) throw new Refusal('invalid_setting', `${key} must be ${known.words}.`, 'Correct the value.')
  return parsed.data
}
