/** What only the desktop window says above its pages. */
export const desktopTexts = {
  failed: {
    title: 'The engine stopped three times in a minute',
    text: 'It is not started again by itself. What was written is safe on this computer; agents cannot write and nothing is sent until it runs.',
    log: (path: string) => `The log is at ${path}`,
    restart: 'Start the engine again',
    diagnostics: 'Save diagnostics',
  },
  keyring: {
    title: 'This computer has no keyring',
    text: 'The master key lies in a file that only your account can read; nothing else protects it. A passphrase does.',
    set: 'Set a passphrase',
    later: 'Not now',
  },
} as const
