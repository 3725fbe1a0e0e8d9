import { expect, test } from 'vitest'
import { ownMemberId } from '../../../../main/engine/sync/accounts/own-member.ts'

const ann = { id: 'm1', name: 'Ann Lee', role: 'developer' }
const otherAnn = { id: 'm2', name: 'Ann Lee', role: 'developer' }
const leadingAnn = { id: 'm3', name: 'Ann Lee', role: 'tenant_admin' }

test('the platform says who is signed in: of two alike only that one is', () => {
  expect(ownMemberId({ memberId: 'm2', memberName: 'Ann Lee', role: 'developer' }, [ann, otherAnn])).toBe('m2')
})

test('without its word only one who is like nobody else is taken for it', () => {
  const record = { memberId: null, memberName: 'Ann Lee', role: 'developer' }
  expect(ownMemberId(record, [ann, leadingAnn])).toBe('m1')
  expect(ownMemberId(record, [ann, otherAnn])).toBeNull()
  expect(ownMemberId(record, [leadingAnn])).toBeNull()
})
