/** A scheme of our own in the place of `file:`, which could read every file of the computer. */
export const appScheme = 'app'
const appHost = 'console'
export const pageUrl = `${appScheme}://${appHost}/`

/** True for the console's own page, and for nothing that merely begins like it. */
export function isOwnPage(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host, username, password } = new URL(url)
  return protocol === `${appScheme}:` && host === appHost && username === '' && password === ''
}

/** A file that the console's page made itself (an export, a key backup): nothing is fetched from anywhere to be saved here. */
export function isOwnDownload(url: string): boolean {
  return url.startsWith('blob:') && isOwnPage(url.slice('blob:'.length))
}
