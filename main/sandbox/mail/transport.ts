/** A message as a transport gets it. */
export type Message = { channel: string; recipient: string; subject: string; body: string }

/** The way out for messages. A real platform puts an SMTP or SMS service here; it throws when the message did not go. */
export type Transport = { send(message: Message): Promise<void> }

/** The sandbox's own: nothing leaves this computer, the mailbox page shows what would have. */
export const mailboxTransport: Transport = { send: () => Promise.resolve() }
