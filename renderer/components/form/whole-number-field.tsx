import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { groupedNumber, wholeNumberFrom } from '../../base/format/typed-number.ts'
import { texts } from '../../base/texts/texts.ts'

type Bounds = { min: number; max: number }
export type WholeNumber = Bounds & {
  text: string
  /** Null while nothing that counts is typed. */
  value: number | null
  /** Why there is no value, for the field and for the button that waits for it. */
  problem: string | null
  setText: (text: string) => void
}

/** What is typed into a field for a whole number: text, until it is read exactly. An emptied field is empty, not 0. */
export function useWholeNumber(first: number, { min, max }: Bounds): WholeNumber {
  const [text, setText] = useState(() => groupedNumber(String(first)))
  const typed = wholeNumberFrom(text)
  const value = typed !== null && typed >= min && typed <= max ? typed : null
  return { min, max, text, value, problem: value === null ? texts.wholeNumber(min, max) : null, setText }
}

/** The field of `useWholeNumber`. The arrow keys count up and down. */
export function WholeNumberField({ number, label, description, width }: { number: WholeNumber; label: string; description?: string; width: number }) {
  const { text, value, min, max, problem, setText } = number
  function step(by: number): void {
    setText(groupedNumber(String(Math.min(max, Math.max(min, (value ?? min) + by)))))
  }
  return (
    <TextInput
      label={label}
      description={description}
      value={text}
      inputMode="numeric"
      autoComplete="off"
      maxLength={24}
      // Empty is not wrong yet: the button says what it waits for.
      error={text.trim() === '' ? null : problem}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => setText(groupedNumber(text))}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
        event.preventDefault()
        step(event.key === 'ArrowUp' ? 1 : -1)
      }}
      w={width}
    />
  )
}
