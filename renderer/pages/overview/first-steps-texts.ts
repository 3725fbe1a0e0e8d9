export const firstStepsTexts = {
  title: 'Welcome to Tidemark',
  key: { name: 'Create a key', text: 'One for each agent. It lets the agent write through this computer.' },
  write: { name: 'Write or import', text: 'Let the agent write its first memory, or import files yourself.' },
  watch: { name: 'Watch the limits', text: 'Usage shows what is used, and when it runs out.' },
  done: 'Done',
  open: 'To do',
  dismiss: 'Do not show again',
  finish: 'Done, close this',
} as const
