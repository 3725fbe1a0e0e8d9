import { PasswordInput } from '@mantine/core'
import { settingsTexts } from '../texts.ts'

type Props = { label: string; repeatLabel: string; value: string; repeat: string; onValue: (value: string) => void; onRepeat: (value: string) => void }

/** Typed twice: nobody can recover it. */
export function NewPassphrase({ label, repeatLabel, value, repeat, onValue, onRepeat }: Props) {
  const problem = newPassphraseProblem(value, repeat)
  return (
    <>
      <PasswordInput
        label={label}
        value={value}
        autoComplete="new-password"
        error={value !== '' && problem === 'short' ? settingsTexts.keys.tooShort : null}
        onChange={(event) => onValue(event.currentTarget.value)}
      />
      <PasswordInput
        label={repeatLabel}
        value={repeat}
        autoComplete="new-password"
        error={repeat !== '' && problem === 'differs' ? settingsTexts.keys.differs : null}
        onChange={(event) => onRepeat(event.currentTarget.value)}
      />
    </>
  )
}

/** The contract asks for 8 characters at least. */
export function newPassphraseProblem(value: string, repeat: string): 'short' | 'differs' | null {
  if (value.length < 8) return 'short'
  return value === repeat ? null : 'differs'
}
