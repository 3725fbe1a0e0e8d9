import { expect, test } from 'vitest'
import { alertFields, alertView } from '../../../shared/contract/console/alerts.ts'

const fields = { name: 'n'.repeat(81), at: 80, channels: Array.from({ length: 9 }, (_, index) => `channel-${index}`), enabled: true }

test('a page shows an alert as the platform has it, also one that nobody could enter here', () => {
  const rule = {
    id: 'a',
    measure: 'limit',
    meter: null,
    meterName: null,
    unit: null,
    byteBase: 'decimal',
    inclusive: true,
    value: null,
    confirmed: fields,
    edit: null,
  }
  expect(alertView.safeParse(rule).error).toBeUndefined()
  expect(alertFields.safeParse(fields).success).toBe(false)
})
