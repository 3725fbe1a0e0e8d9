import { expect, it } from 'vitest'
import { inputTakesLetters } from '../../../../../renderer/app/shortcuts/takes-letters.ts'

it.each(['checkbox', 'radio', 'range', 'file', 'color', 'button', 'submit', 'reset', 'image', 'CHECKBOX'])(
  'letters go to the shortcuts though an input of type %s has the keyboard',
  (type) => {
    expect(inputTakesLetters(type)).toBe(false)
  },
)

it.each(['text', 'search', 'email', 'password', 'tel', 'url', 'number', 'date', 'month', 'time', 'datetime-local', '', 'of-another-year'])(
  'letters stay in an input of type “%s”',
  (type) => {
    expect(inputTakesLetters(type)).toBe(true)
  },
)
