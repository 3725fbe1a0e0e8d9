import { ConsoleFailure } from '../../base/failure.ts'

/** Whether a host name can only be this computer: `localhost`, 127.0.0.0/8, `[::1]`. Takes `URL.hostname`. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}

/**
 * A platform's address as it is kept: https (or http on loopback), no credentials, query or fragment, no slash
 * at the end. A path is kept: a platform may live below one.
 *
 * @throws ConsoleFailure `invalid_url` with what is wrong with it.
 */
export function normaliseWorkspaceUrl(text: string): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw refusal('This is not a web address.')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refusal('A platform is reached by https.')
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw refusal('This address is not encrypted: a token sent to it could be read on the way.')
  }
  if (url.username !== '' || url.password !== '') throw refusal('The address contains a name or password.')
  if (url.hash !== '') throw refusal('The address contains a fragment (#…).')
  if (url.search !== '') throw refusal('The address contains a query (?…).')
  return url.origin + url.pathname.replace(/\/+$/, '')
}

function refusal(message: string): ConsoleFailure {
  return new ConsoleFailure('invalid_url', message, 'Give the address of the platform, e.g. https://billing.example.com')
}
