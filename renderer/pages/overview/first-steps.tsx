import { Button } from '@mantine/core'
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react'
import { useEffect } from 'react'
import { Link } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { FirstSteps } from '../../../shared/contract/console/usage.ts'
import { Term } from '../../components/label/term.tsx'
import { Section } from '../../components/page/page.tsx'
import { useWrite } from '../../state/reads.ts'
import { texts } from '../../base/texts/texts.ts'
import classes from './first-steps.module.css'
import { firstStepsTexts } from './first-steps-texts.ts'

/** What the product is, and the three steps into it, which tick themselves. Dismissed it never comes again on this computer. */
export function FirstStepsCard({ workspaceId, steps }: { workspaceId: string; steps: FirstSteps }) {
  const { mutate } = useWrite('overview.noteFirstSteps', ['overview.firstSteps'])
  const { hasBegun } = steps
  useEffect(() => {
    if (!hasBegun) mutate({ workspaceId, note: 'begun' })
  }, [mutate, workspaceId, hasBegun])
  const words = firstStepsTexts
  const isDone = steps.hasKey && steps.hasWritten && steps.hasWatched
  return (
    <Section
      title={words.title}
      note={texts.productIs}
      actions={
        <Button variant={isDone ? 'filled' : 'default'} onClick={() => mutate({ workspaceId, note: 'dismissed' })}>
          {isDone ? words.finish : words.dismiss}
        </Button>
      }
    >
      <ol className={classes.steps}>
        <Step done={steps.hasKey} text={words.key.text}>
          <Link href={paths.devices}>{words.key.name}</Link>
        </Step>
        <Step done={steps.hasWritten} text={words.write.text}>
          <Link href={`${paths.outbox}?import=open`}>{words.write.name}</Link> <Term name="memory" />
        </Step>
        <Step done={steps.hasWatched} text={words.watch.text}>
          <Link href={paths.usage}>{words.watch.name}</Link>
        </Step>
      </ol>
    </Section>
  )
}

function Step({ done, text, children }: { done: boolean; text: string; children: React.ReactNode }) {
  const Icon = done ? IconCircleCheckFilled : IconCircle
  return (
    <li className={classes.step} data-done={done || undefined}>
      <Icon size={18} stroke={1.7} role="img" aria-label={done ? firstStepsTexts.done : firstStepsTexts.open} />
      <div>
        <p className={classes.name}>{children}</p>
        <p className={classes.text}>{text}</p>
      </div>
    </li>
  )
}
