export const firstRunTexts = {
  title: 'Add your first workspace',
  /** Of the platform that the program was started with. */
  notReached: (url: string) => `${url} could not be reached`,
  triedAgain: 'It is tried again every few seconds, and its workspace then appears here by itself. You may also add one by hand.',
  notTriedAgain: 'It is not tried again. Start the program with another token or address, or add the workspace by hand.',
  lead: 'A workspace is your account on one platform. Its data is then kept on this computer and can be read without a network.',
  addTitle: 'Add a workspace',
  url: 'Platform address',
  urlHint: 'For example https://billing.example.com',
  token: 'Token',
  tokenHint: 'A member’s token of that platform. It goes to the secret store of this computer and is never shown again.',
  add: 'Add workspace',
  hasMoved: 'It moved here',
  urlInvalid: 'That is not a web address. It begins with https:// (or http:// on this computer).',
  tokenShort: 'A token has at least 8 characters.',
} as const
