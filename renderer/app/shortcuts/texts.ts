export const shortcutsTexts = {
  pages: 'Pages',
  goTo: (page: string) => `Go to ${page}`,
  list: [
    { keys: ['Ctrl', 'K'], what: 'Find by name: pages, invoices, meters, agents, settings, actions, workspaces' },
    { keys: ['↑', '↓'], what: 'Move in a list; Page Up, Page Down, Home and End move further' },
    { keys: ['Enter'], what: 'Open the details of the row' },
    { keys: ['Space'], what: 'Choose the row' },
    { keys: ['Esc'], what: 'Close what is open' },
    { keys: ['?'], what: 'This list' },
  ],
} as const
