import { Button } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { Empty, Notice } from '../../components/notice/notice.tsx'
import { useLive } from '../../state/live-store.ts'
import { appTexts } from '../texts.ts'
import classes from './shell.module.css'

/** Shown while calls cannot reach the engine: `alone` in the place of everything, else above what is already on the screen. */
export function EngineAway({ alone }: { alone?: boolean }) {
  const engine = useLive((live) => live.engine)
  const retryAt = useLive((live) => live.engineRetryAt)
  if (engine === 'ready' || engine === 'connecting' || engine === 'failed') return null
  const refused = engine === 'refused'
  const title = refused ? appTexts.engine.refusedTitle : appTexts.engine.lostTitle
  const text = refused ? appTexts.engine.refusedText : appTexts.engine.lostText
  if (!alone)
    return (
      <div className={classes.strip}>
        <Notice tone="red" title={title} urgent>
          {text} {retryAt !== null && <Countdown until={retryAt} />}
        </Notice>
      </div>
    )
  return (
    <main className={classes.away}>
      <div role="alert">
        <Empty
          icon={IconPlugConnectedX}
          title={title}
          actions={
            <Button variant="default" onClick={() => window.location.reload()}>
              {texts.actions.reload}
            </Button>
          }
        >
          <p>{text}</p>
          {!refused && retryAt !== null && (
            <p>
              <Countdown until={retryAt} />
            </p>
          )}
        </Empty>
      </div>
    </main>
  )
}

function Countdown({ until }: { until: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 500)
    return () => window.clearInterval(timer)
  }, [])
  return <span aria-hidden>{appTexts.engine.lostRetry(Math.ceil((until - now) / 1000))}</span>
}
