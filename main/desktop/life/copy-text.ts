import { clipboard, dialog } from 'electron'

/** Copies for a person who asked for it; one that fails says so. Never rejects. */
export async function copyText(text: string, report: (line: string) => void): Promise<void> {
  try {
    // A promise since Electron 44 (docs/breaking-changes.md): without a wait its failure would be an unexpected one of the program.
    await clipboard.writeText(text)
  } catch {
    report('A text could not be copied')
    dialog.showErrorBox('Not copied', 'The system did not take the text. Help → Save diagnostics… writes it to a file.')
  }
}
