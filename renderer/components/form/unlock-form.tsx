import { Button, PasswordInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { useWrite } from '../../state/reads.ts'
import { ErrorNotice } from '../notice/notice.tsx'
import formClasses from './forms.module.css'

export function UnlockForm() {
  const [passphrase, setPassphrase] = useState('')
  const unlock = useWrite('vault.unlock', ['vault.status'])
  function submit(event: FormEvent): void {
    event.preventDefault()
    unlock.mutate({ passphrase }, { onSuccess: () => setPassphrase('') })
  }
  return (
    <form className={formClasses.inline} onSubmit={submit}>
      <PasswordInput
        size="xs"
        label={texts.vault.passphrase}
        value={passphrase}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
        autoComplete="off"
        className={formClasses.grow}
      />
      <Button type="submit" loading={unlock.isPending} disabled={passphrase === ''}>
        {texts.vault.unlock}
      </Button>
      <div className={formClasses.wide}>
        <ErrorNotice error={unlock.error} />
      </div>
    </form>
  )
}
