import type { Dialog, MessageBoxOptions, MessageBoxReturnValue } from 'electron'
import { recorded } from '../recorded.ts'
import { refuseUnknown } from '../surface.ts'

/** The options are the last argument, with or without a window before them. */
function optionsOf(given: unknown[]): MessageBoxOptions {
  return given.at(-1) as MessageBoxOptions
}

export const dialog = refuseUnknown('dialog', {
  /** It waits for a person: a spec answers it by `electronDouble.questions`, or the program goes on without an answer. */
  showMessageBox: (...given: unknown[]): Promise<MessageBoxReturnValue> =>
    new Promise((resolve) => {
      const { message, buttons = ['OK'] } = optionsOf(given)
      const question = {
        message,
        buttons,
        answer(response: number) {
          recorded.questions.splice(recorded.questions.indexOf(question), 1)
          resolve({ response, checkboxChecked: false })
        },
      }
      recorded.questions.push(question)
    }),
  showSaveDialog: () => new Promise<never>(() => {}),
  showErrorBox(title, content) {
    recorded.errorBoxes.push({ title, content })
    console.error(`${title}\n${content}`)
  },
} satisfies Pick<Dialog, 'showMessageBox' | 'showSaveDialog' | 'showErrorBox'>)
