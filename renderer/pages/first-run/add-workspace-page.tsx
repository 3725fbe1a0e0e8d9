import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { paths } from '../../../shared/contract/console/pages.ts'
import { navigate } from '../../base/address/hash-location.ts'
import { texts } from '../../base/texts/texts.ts'
import { ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { Page, Section } from '../../components/page/page.tsx'
import { chooseWorkspace } from '../../state/active-workspace.ts'
import { describeError } from '../../state/bridge/call-error.ts'
import { useRead, useWrite } from '../../state/reads.ts'
import classes from './first-run.module.css'
import { isPlatformAddress } from './platform-address.ts'
import { firstRunTexts } from './texts.ts'

const words = firstRunTexts

/** `first`: there is no workspace yet, so this stands in the place of every page. */
export function AddWorkspacePage({ first }: { first?: boolean }) {
  const [url, setUrl] = useState('')
  const [token, setToken] = useState('')
  const [touched, setTouched] = useState(false)
  const { data: awaited } = useRead('workspaces.awaited', {})
  const add = useWrite('workspaces.add', ['workspaces.list'])
  const urlProblem = isPlatformAddress(url.trim()) ? null : words.urlInvalid
  const tokenProblem = token.trim().length >= 8 ? null : words.tokenShort
  const isKnownElsewhere = add.error !== null && describeError(add.error).code === 'known_elsewhere'
  function submit(event: FormEvent): void {
    event.preventDefault()
    setTouched(true)
    if (urlProblem || tokenProblem) return
    send(false)
  }
  function send(hasMoved: boolean): void {
    add.mutate(
      { url: url.trim(), token: token.trim(), hasMoved },
      {
        onSuccess: (workspace) => {
          chooseWorkspace(workspace.id)
          navigate(paths.overview)
        },
      },
    )
  }
  return (
    <Page title={first ? words.title : words.addTitle} lead={first ? texts.productIs : words.lead}>
      {awaited && (
        <Notice tone="amber" title={words.notReached(awaited.url)}>
          {awaited.message} {awaited.isTriedAgain ? words.triedAgain : words.notTriedAgain}
        </Notice>
      )}
      <Section title={words.addTitle} note={first ? words.lead : undefined}>
        <form onSubmit={submit} className={classes.form} noValidate>
          <Stack gap="md">
            <TextInput
              label={words.url}
              description={words.urlHint}
              value={url}
              inputMode="url"
              autoComplete="url"
              error={touched ? urlProblem : null}
              onChange={(event) => setUrl(event.currentTarget.value)}
            />
            <PasswordInput
              label={words.token}
              description={words.tokenHint}
              value={token}
              autoComplete="off"
              error={touched ? tokenProblem : null}
              onChange={(event) => setToken(event.currentTarget.value)}
            />
            <ErrorNotice error={add.error} />
            <div>
              <Button type="submit" size="sm" loading={add.isPending}>
                {words.add}
              </Button>{' '}
              {isKnownElsewhere && (
                <Button variant="default" size="sm" loading={add.isPending} onClick={() => send(true)}>
                  {words.hasMoved}
                </Button>
              )}
            </div>
          </Stack>
        </form>
      </Section>
    </Page>
  )
}
