import { Button, Group } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { useLocation } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { Overview, Workspace } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { texts } from '../../base/texts/texts.ts'
import { ComingPlan } from '../../components/order/coming-plan.tsx'
import { PortalButton } from '../../components/order/portal-button.tsx'
import { Section } from '../../components/page/page.tsx'
import classes from './overview.module.css'
import { SpendFacts } from './spend-facts.tsx'
import { overviewTexts } from './texts.ts'

export function PlanPanel({ workspace, plan, ended }: { workspace: Workspace } & Pick<Overview, 'plan' | 'ended'>) {
  const [, navigate] = useLocation()
  const words = overviewTexts.plan
  if (ended)
    return (
      <Section
        tone="amber"
        title={words.none}
        note={words.endedNote(ended.periodEnd)}
        actions={
          <Group gap="xs">
            <PortalButton workspaceId={workspace.id} icon={<IconExternalLink size={14} />} />
            <Button onClick={() => navigate(paths.upgrade)}>{words.subscribe}</Button>
          </Group>
        }
      >
        <p>{words.endedText}</p>
      </Section>
    )
  if (!plan)
    return (
      <Section title={words.title}>
        <p className={classes.dim}>{workspace.deployment === 'self-hosted' ? words.unavailable : words.unknown}</p>
      </Section>
    )
  const isFree = plan.priceCents === 0
  return (
    <Section
      title={words.title}
      note={plan.cancelAt === null ? (isFree ? undefined : words.manageHint) : words.cancelled(plan.cancelAt)}
      actions={
        <Group gap="xs">
          {!isFree && <PortalButton workspaceId={workspace.id} icon={<IconExternalLink size={14} />} />}
          <Button onClick={() => navigate(paths.upgrade)}>{words.compare}</Button>
        </Group>
      }
    >
      <ComingPlan workspaceId={workspace.id} pendingChange={plan.pendingChange} cancelAt={plan.cancelAt} planName={plan.name} planId={plan.id} />
      <dl className={classes.plan}>
        <div className={classes.fact}>
          <dt>{words.title}</dt>
          <dd>{isFree ? words.free(plan) : plan.name}</dd>
        </div>
        {!isFree && (
          <div className={classes.fact}>
            <dt>{texts.upgrade.price}</dt>
            <dd>{words.price(plan)}</dd>
          </div>
        )}
        <SpendFacts workspace={workspace} isFree={isFree} />
        <div className={classes.fact}>
          <dt>{words.period}</dt>
          <dd>{words.periodValue(plan.periodStart, plan.periodEnd)}</dd>
        </div>
        {!isFree && (
          <>
            <div className={classes.fact}>
              <dt>{plan.cancelAt === null ? words.renews : words.ends}</dt>
              <dd>{format.utcDate(plan.cancelAt ?? plan.periodEnd)}</dd>
            </div>
            <div className={classes.fact}>
              <dt>{words.payment}</dt>
              <dd>{plan.paymentMethod ?? words.noPaymentPaid}</dd>
            </div>
          </>
        )}
      </dl>
    </Section>
  )
}
