import { Button, PasswordInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { useWrite } from '../../state/reads.ts'
import { ErrorNotice } from '../notice/notice.tsx'
import classes from './forms.module.css'

export function SignInForm({ workspaceId, onDone }: { workspaceId: string; onDone?: () => void }) {
  const [token, setToken] = useState('')
  const signIn = useWrite('workspaces.signIn', ['workspaces.list'])
  function submit(event: FormEvent): void {
    event.preventDefault()
    signIn.mutate(
      { workspaceId, token: token.trim() },
      {
        onSuccess: () => {
          setToken('')
          onDone?.()
        },
      },
    )
  }
  return (
    <form className={classes.inline} onSubmit={submit}>
      <PasswordInput
        size="xs"
        label={texts.connection.token}
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        autoComplete="off"
        className={classes.grow}
      />
      <Button type="submit" size="xs" loading={signIn.isPending} disabled={token.trim().length < 8}>
        {texts.connection.signIn}
      </Button>
      <div className={classes.wide}>
        <ErrorNotice error={signIn.error} />
      </div>
    </form>
  )
}
