import { createRoute, z } from '@hono/zod-openapi'
import { putSettingRequest, settingsResponse } from '../../../shared/contract/platform.ts'
import { RETENTION_SETTING } from '../audit/retention.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { RECIPIENT_SETTINGS } from '../alerts/deliveries.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { badRequest, Refusal } from '../http/failure.ts'
import { requireBilling } from '../permissions/permission.ts'
import { jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import { announcePaymentMethods, COUNTRY_SETTING } from '../invoices/payment-methods.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Platform } from '../platform.ts'
import { writeSetting } from '../settings/write-setting.ts'

/** The plan in force, shown among the settings and changed by a checkout only. (seed: truss) */
const READ_ONLY_KEY = 'plan_id'

/** What each setting may be. */
const settingTypes: Readonly<Record<string, { type: z.ZodType<string>; words: string }>> = {
  org_name: { type: z.string().trim().min(1).max(200), words: 'a name of 1 to 200 characters' },
  [RECIPIENT_SETTINGS.sms]: { type: z.string().regex(/^(?:|\+[1-9]\d{6,14})$/), words: 'a telephone number such as +15550100147, or empty' },
  billing_email: { type: z.email().max(254), words: 'an e-mail address' },
  [COUNTRY_SETTING]: { type: z.string().regex(/^(?:|[A-Z]{2})$/), words: 'a country code of two capitals, or empty' },
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
      const { workspaceId, memberId } = context.get('signedIn')
      const { key, value, version } = context.req.valid('json')
      const written = checkSetting(key, value)
      await platform.store.write(async (unit) => {
        const account = await openAccount(unit, workspaceId)
        requireBilling(account)
        const before = await writeSetting(unit, workspaceId, key, written, version)
        if (before === written) return
        if (key === COUNTRY_SETTING) await announcePaymentMethods(unit, account)
        const metadata = { key, old_value: before, new_value: written }
        await writeAudit(unit, { workspaceId, actor: memberId, action: 'settings.update', target: `setting/${key}`, metadata })
      })
      return context.json({ [key]: written }, 200)
    })
}

/** @throws Refusal for a key that is not known or not to be written, or a value of another type. */
function checkSetting(key: string, value: string): string {
  if (key === READ_ONLY_KEY) {
    throw new Refusal(
      'read_only_setting',
      `${key} is changed by a checkout, not here.`,
      'Upgrade through a checkout, or manage the subscription in the portal.',
    )
  }
  const known = Object.hasOwn(settingTypes, key) ? settingTypes[key] : undefined
  if (known === undefined) throw badRequest(`There is no setting ${key}.`, `The settings are ${Object.keys(settingTypes).join(', ')}.`)
  const parsed = known.type.safeParse(value)
  if (!parsed.success) throw new Refusal('invalid_setting', `${key} must be ${known.words}.`, 'Correct the value.')
  return parsed.data
}
