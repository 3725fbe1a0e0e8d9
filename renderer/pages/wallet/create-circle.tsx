import { Button, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { GatedButton } from '../../components/form/gated-button.tsx'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import { useIsOnline } from '../../state/active-workspace.ts'
import { useWrite } from '../../state/reads.ts'
import { walletTexts } from './texts.ts'
import classes from './wallet.module.css'

const words = walletTexts.create
const circlePattern = /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/

/** A workspace without a circle has no wallet to show: make one. */
export function CreateCircle({ workspaceId }: { workspaceId: string }) {
  const create = useWrite('wallet.createCircle', ['wallet.read'])
  const online = useIsOnline()
  const [name, setName] = useState('')
  const [typedId, setTypedId] = useState<string | null>(null)
  const [tried, setTried] = useState(false)
  const [attemptId] = useState(() => crypto.randomUUID())
  const id = typedId ?? slugOf(name)
  const isGood = circlePattern.test(id) && name.trim() !== ''

  function submit(event: FormEvent): void {
    event.preventDefault()
    setTried(true)
    if (isGood && online) create.mutate({ workspaceId, circle: id, name: name.trim(), attemptId })
  }
  return (
    <Section title={words.none} note={words.text}>
      <form onSubmit={submit} noValidate className={classes.form}>
        <Stack gap="md">
          <TextInput label={words.name} value={name} maxLength={80} onChange={(event) => setName(event.currentTarget.value)} />
          <TextInput
            label={words.id}
            description={words.idHint}
            value={id}
            maxLength={40}
            error={tried && !circlePattern.test(id) ? words.wrongId : null}
            onChange={(event) => setTypedId(event.currentTarget.value)}
          />
          <ErrorNotice error={create.error} />
          <div>
            {online ? (
              <Button type="submit" loading={create.isPending}>
                {words.submit}
              </Button>
            ) : (
              <GatedButton reason={walletTexts.estimate.offline} onClick={() => undefined}>
                {words.submit}
              </GatedButton>
            )}
          </div>
        </Stack>
      </form>
    </Section>
  )
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
}
