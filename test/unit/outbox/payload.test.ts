import { expect, test } from 'vitest'
import { parsePayload, settingPayload, settingPayloadText } from '../../../main/engine/outbox/payload.ts'

test('an edit is read as it was written, whatever the rows call its parts', () => {
  const plain = { key: 'org_name', value: 'Tide', baseVersion: 3 }
  expect(settingPayloadText(plain)).toBe('{"key":"org_name","value":"Tide","baseVersion":3}')
  expect(parsePayload(settingPayload, settingPayloadText(plain))).toEqual(plain)
  const conflict = { ...plain, serverValue: { value: 'Ebb', version: 4 } }
  expect(settingPayloadText(conflict)).toBe('{"key":"org_name","value":"Tide","baseVersion":3,"theirs":{"value":"Ebb","version":4}}')
  expect(parsePayload(settingPayload, settingPayloadText(conflict))).toEqual(conflict)
})

test.each([
  ['no JSON', '{'],
  ['a field that nobody knows', '{"key":"a","value":"b","baseVersion":null,"more":1}'],
  ['no version', '{"key":"a","value":"b"}'],
  ['nothing', null],
])('%s is no edit', (_, text) => {
  expect(parsePayload(settingPayload, text)).toBeNull()
})
