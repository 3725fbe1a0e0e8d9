import { Button } from '@mantine/core'
import { useLocation } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { Meter, Overview, ReleasePreview } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { GatedButton } from '../../components/form/gated-button.tsx'
import { useUpgradeReason } from '../../components/order/upgrade-reason.ts'
import { Section } from '../../components/page/page.tsx'
import { useToday } from '../../state/now.ts'
import classes from './overview.module.css'
import { overviewTexts } from './texts.ts'

type Held = NonNullable<Overview['held']>

/** What the platform refused, why, and what each plan would release: before the lead pays. */
export function HeldBanner({ held, meters }: { held: Held; meters: readonly Meter[] }) {
  const [, navigate] = useLocation()
  const today = useToday()
  const upgradeReason = useUpgradeReason()
  const since = held.reasons.length === 0 ? today : Math.min(...held.reasons.map((reason) => reason.since))
  const words = overviewTexts.held
  return (
    <Section
      tone="amber"
      title={words.title(held.count)}
      note={words.note(held.bytes, format.moment(since, today))}
      actions={
        <Button variant="default" onClick={() => navigate(`${paths.outbox}?states=held`)}>
          {words.show}
        </Button>
      }
    >
      <ul className={classes.reasons}>
        {held.reasons.map((reason) => (
          <li key={reason.meter}>
            <span className={classes.reasonHead}>{words.reason(reason.meterName, reason.count, reason.bytes)}</span>{' '}
            <q className={classes.reasonWords}>{reason.reason}</q>
          </li>
        ))}
      </ul>
      <h3 className={classes.previewsTitle}>{words.previewsTitle}</h3>
      {upgradeReason && <p className={classes.upgradeReason}>{upgradeReason}</p>}
      {held.previews.length === 0 ? (
        <p className={classes.dim}>{words.previewsNone}</p>
      ) : (
        <ul className={classes.previews}>
          {held.previews
            .filter((preview) => !preview.current)
            .map((preview) => (
              <PreviewCard key={preview.planId} preview={preview} meters={meters} />
            ))}
        </ul>
      )}
    </Section>
  )
}

function PreviewCard({ preview, meters }: { preview: ReleasePreview; meters: readonly Meter[] }) {
  const [, navigate] = useLocation()
  const reason = useUpgradeReason()
  const words = overviewTexts.preview
  const stopper = preview.stoppedBy === null ? null : (meters.find((meter) => meter.id === preview.stoppedBy)?.name ?? preview.stoppedBy)
  return (
    <li className={classes.preview}>
      <div className={classes.previewWords}>
        <p>
          <span className={classes.previewName}>{preview.planName}</span>{' '}
          <span className={classes.previewPrice}>{words.price(preview.priceCents, preview.currency, preview.interval)}</span>
        </p>
        <p className={classes.previewReleases}>{words.releases(preview)}</p>
        <p className={preview.staysCount > 0 ? classes.stays : classes.dim}>{words.stays(preview, stopper)}</p>
      </div>
      <div>
        <GatedButton
          reason={preview.priceCents === null ? words.contact : reason}
          variant={preview.staysCount === 0 ? 'filled' : 'default'}
          onClick={() => navigate(`${paths.upgrade}?plan=${encodeURIComponent(preview.planId)}`)}
        >
          {words.upgradeTo(preview.planName)}
        </GatedButton>
      </div>
    </li>
  )
}
