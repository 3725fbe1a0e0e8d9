import type { CallOutput } from '../../../shared/contract/console.ts'
import { devicesTexts } from './texts.ts'

type SubKey = CallOutput<'subKeys.list'>[number]
const words = devicesTexts.subKeys

export function subKeyName({ name, id }: Pick<SubKey, 'name' | 'id'>): string {
  return name || words.unnamed(id)
}

/** Whether it writes from here, in words. */
export function subKeyState({ revokedAt, onThisDevice }: Pick<SubKey, 'revokedAt' | 'onThisDevice'>): string {
  if (revokedAt !== null) return words.revokedAt(revokedAt)
  return onThisDevice ? words.active : words.elsewhere
}

/** Two agents may have one name. */
export function subKeyAnchor({ id }: Pick<SubKey, 'id'>): string {
  return `sub-key ${id}`
}
