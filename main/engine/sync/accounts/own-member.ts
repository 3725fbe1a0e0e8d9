import type { WorkspaceRecord } from './workspace-registry.ts'

/** The id of the member who is signed in; null: not known. Without the platform's word, only one who is like nobody else is taken for it. */
export function ownMemberId(
  record: Pick<WorkspaceRecord, 'memberId' | 'memberName' | 'role'>,
  members: readonly { readonly id: string; readonly name: string; readonly role: string }[],
): string | null {
  if (record.memberId !== null) return record.memberId
  const [first, ...others] = members.filter(({ name, role }) => name === record.memberName && role === record.role)
  return first === undefined || others.length > 0 ? null : first.id
}
