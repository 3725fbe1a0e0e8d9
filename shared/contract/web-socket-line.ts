/**
 * What both ends of the web host's socket (see `web-socket.ts`) must agree on before the first message. Apart from the messages' schemas, so that
 * the page does not load and run those before it can draw.
 */

export const bridgePath = '/bridge'
/** The page's address carries the launch token in its fragment, which a browser sends to nobody: `#launch=TOKEN`. */
export const launchFragment = 'launch='
/** Room for one import piece or a key backup with its escapes; a longer message closes the socket with 1009. */
export const maxMessageBytes = 8 * 1024 * 1024

export const closeCodes = {
  /** Not a message of this contract. */
  malformed: 4400,
  /** The token was used before or is unknown, or the host was restarted since: a new link is needed (`npm start` prints one). */
  refused: 4401,
  /** No hello came in time. */
  noHello: 4408,
  /** The page does not read as fast as the host writes; connect again and read everything anew. */
  tooSlow: 4429,
  /** The host stops; a new one may come. */
  stopping: 1001,
} as const
