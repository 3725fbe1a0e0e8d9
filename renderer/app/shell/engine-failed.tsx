import { Button } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { download } from '../../components/file/download.ts'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { useRead, useWrite } from '../../state/reads.ts'
import { desktopTexts } from './desktop-texts.ts'
import classes from './shell.module.css'

const words = desktopTexts.failed

/** The desktop's engine died three times in a minute: what happened, what is safe, where the log lies, what to do. */
export function EngineFailed() {
  const status = useRead('desktop.status', {})
  const restart = useWrite('desktop.restartEngine')
  const diagnostics = useWrite('desktop.diagnostics')
  return (
    <main className={classes.away}>
      <div role="alert">
        <Empty
          icon={IconPlugConnectedX}
          title={words.title}
          actions={
            <>
              <Button loading={restart.isPending} onClick={() => restart.mutate({})}>
                {words.restart}
              </Button>
              <Button
                variant="default"
                loading={diagnostics.isPending}
                onClick={() => diagnostics.mutate({}, { onSuccess: ({ fileName, text }) => download(fileName, text, 'text/plain') })}
              >
                {words.diagnostics}
              </Button>
            </>
          }
        >
          <p>{words.text}</p>
          {status.data && <p>{words.log(status.data.engine.logPath)}</p>}
          <ErrorNotice error={restart.error ?? diagnostics.error} />
        </Empty>
      </div>
    </main>
  )
}
