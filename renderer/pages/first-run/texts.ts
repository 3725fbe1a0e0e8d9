export const firstRunTexts = {
  title: 'Add your first workspace',
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
