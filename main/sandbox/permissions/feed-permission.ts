import { documentTopics } from '../../../shared/contract/platform/topics.ts'
import type { Account } from '../meter/accounts/account.ts'
import type { SignedIn } from '../http/environment.ts'
import { permissionIn } from './permission.ts'

/** The topics that whoever asks is not sent. */
export function hiddenTopics(account: Account, signedIn: SignedIn): ReadonlySet<string> {
  const hidden = Object.entries(documentTopics).filter(([, { needs }]) => needs !== null && permissionIn(account, signedIn, needs).allowed !== true)
  return new Set(hidden.map(([topic]) => topic))
}
