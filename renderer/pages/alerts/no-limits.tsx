import { Link } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import { Notice } from '../../components/notice/notice.tsx'
import { useWorkspace } from '../../state/active-workspace.ts'
import { alertsTexts } from './texts.ts'

/** In the place of the plan's own alerts where no meter could set one off: what there is instead. */
export function NoLimits() {
  const { capabilities } = useWorkspace()
  const words = alertsTexts.noLimits
  return (
    <Notice tone="info" title={words.title}>
      {capabilities.includes('costs') ? (
        words.budgets
      ) : capabilities.includes('wallet') ? (
        <>
          {words.wallet} <Link href={paths.wallet}>{words.toWallet}</Link>.
        </>
      ) : (
        words.none
      )}
    </Notice>
  )
}
