import { texts } from '../../base/texts/texts.ts'
import { useRead } from '../../state/reads.ts'
import { lateComponent } from '../late/late-component.tsx'
import { Notice } from '../notice/notice.tsx'

const UnlockForm = lateComponent(() => import('./unlock-form.tsx').then((module) => module.UnlockForm))

/** Where a locked vault matters: what still works, and the way in. Nothing while it is open. */
export function VaultPrompt() {
  const { data } = useRead('vault.status', {})
  if (data?.state !== 'locked') return null
  return (
    <Notice tone="amber" title={texts.vault.lockedTitle}>
      <p>{texts.vault.lockedText}</p>
      <UnlockForm />
    </Notice>
  )
}
