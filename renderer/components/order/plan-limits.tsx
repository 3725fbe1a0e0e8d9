import type { CallOutput } from '../../../shared/contract/console.ts'
import { Notice } from '../notice/notice.tsx'
import { orderTexts } from './texts.ts'

const words = orderTexts.dialog
const MOST_LIMITS = 6

/** What would be over its limit afterwards, and the limits that become others. */
export function PlanLimits({ preview: { wouldBeOver, limits } }: { preview: CallOutput<'billing.preview'> }) {
  const over = new Set(wouldBeOver.map(({ meter }) => meter))
  const changes = limits.filter(({ meter }) => !over.has(meter))
  return (
    <>
      {wouldBeOver.length > 0 && (
        <Notice tone="amber" title={words.overTitle}>
          <ul>
            {wouldBeOver.map((entry) => (
              <li key={entry.meter}>{words.over(entry)}</li>
            ))}
          </ul>
          {words.overText}
        </Notice>
      )}
      {changes.length > 0 && (
        <Notice tone="info" title={words.limitsTitle}>
          <ul>
            {changes.slice(0, MOST_LIMITS).map((change) => (
              <li key={change.meter}>{words.limitChange(change)}</li>
            ))}
            {changes.length > MOST_LIMITS && <li>{words.moreLimits(changes.length - MOST_LIMITS)}</li>}
          </ul>
        </Notice>
      )}
    </>
  )
}
