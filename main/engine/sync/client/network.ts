import tls from 'node:tls'
import { Agent, type Dispatcher, EnvHttpProxyAgent, ProxyAgent, Socks5ProxyAgent } from 'undici'
import { isLoopbackHost } from './workspace-url.ts'

export type ProxyEnvironment = Readonly<Record<string, string | undefined>>

const CONNECT_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 30_000
/** How long the host's word on the way to an address is kept: a laptop moves between networks. */
const PROXY_KNOWN_MS = 60_000

/** Asks the host for the system's proxy to an address: `http://…`, `https://…`, `socks5://…`; null: directly. */
export type FindProxy = (url: string) => Promise<string | null>

/** Connections to platforms: kept alive, through the environment's proxy where it names one, trusted as the system trusts. */
export class Network {
  /** By scheme: only https needs the certificates. */
  readonly #loopback = new Map<string, Agent>()
  #outside: Dispatcher | null = null
  readonly #environment: ProxyEnvironment
  readonly #extraAuthorities: readonly string[]
  readonly #findProxy: FindProxy | null
  readonly #byProxy = new Map<string, Dispatcher>()
  readonly #routes = new Map<string, { proxy: string | null; until: number }>()

  /**
   * @param extraAuthorities PEM certificates trusted beside the system's.
   * @param findProxy given by a host that knows the system's proxy settings; what the environment names goes before it.
   */
  constructor(environment: ProxyEnvironment, extraAuthorities: readonly string[] = [], findProxy: FindProxy | null = null) {
    this.#environment = environment
    this.#extraAuthorities = extraAuthorities
    this.#findProxy = environmentProxy(environment) ? null : findProxy
  }

  /** The way to an address, found out anew each minute where the system decides it. */
  async routeTo(url: URL): Promise<Dispatcher> {
    if (this.#findProxy === null || isLoopbackHost(url.hostname)) return this.#dispatcherFor(url)
    const known = this.#routes.get(url.origin)
    const isFresh = known !== undefined && performance.now() < known.until
    // Nobody to ask is no reason to stay offline.
    const proxy = isFresh ? known.proxy : await this.#findProxy(url.origin).catch(() => null)
    if (!isFresh) this.#routes.set(url.origin, { proxy, until: performance.now() + PROXY_KNOWN_MS })
    if (proxy === null) return this.#dispatcherFor(url)
    const dispatcher = this.#byProxy.get(proxy) ?? this.#makeThrough(proxy)
    this.#byProxy.set(proxy, dispatcher)
    return dispatcher
  }

  /** Made on first use: reading the system's certificates takes a start's time. */
  #dispatcherFor(url: URL): Dispatcher {
    // A proxy of the company cannot know what 127.0.0.1 is here, and would learn what passes on this computer.
    if (isLoopbackHost(url.hostname)) {
      const agent = this.#loopback.get(url.protocol) ?? this.#makeLoopback(url.protocol)
      this.#loopback.set(url.protocol, agent)
      return agent
    }
    this.#outside ??= this.#makeOutside()
    return this.#outside
  }

  /** Ends all connections; requests under way are aborted. */
  async close(): Promise<void> {
    const open: (Dispatcher | null)[] = [...this.#loopback.values(), ...this.#byProxy.values(), this.#outside]
    this.#loopback.clear()
    this.#byProxy.clear()
    this.#outside = null
    await Promise.all(open.map((dispatcher) => dispatcher?.destroy()))
  }

  #makeLoopback(protocol: string): Agent {
    return new Agent({ ...this.#connectionOptions(), connect: { timeout: CONNECT_TIMEOUT_MS, ...(protocol === 'https:' ? this.#trust() : {}) } })
  }

  #makeOutside(): Dispatcher {
    const trust = this.#trust()
    const environment = this.#environment
    return new EnvHttpProxyAgent({
      ...this.#connectionOptions(),
      connect: { timeout: CONNECT_TIMEOUT_MS, ...trust },
      requestTls: { timeout: CONNECT_TIMEOUT_MS, ...trust },
      proxyTls: { timeout: CONNECT_TIMEOUT_MS, ...trust },
      // An empty text is "none"; undefined would make undici look at process.env itself.
      httpProxy: environment.http_proxy ?? environment.HTTP_PROXY ?? '',
      httpsProxy: environment.https_proxy ?? environment.HTTPS_PROXY ?? '',
      noProxy: environment.no_proxy ?? environment.NO_PROXY ?? '',
    })
  }

  #makeThrough(proxy: string): Dispatcher {
    const trust = { timeout: CONNECT_TIMEOUT_MS, ...this.#trust() }
    const options = { ...this.#connectionOptions(), requestTls: trust }
    return proxy.startsWith('socks') ? new Socks5ProxyAgent(proxy, options) : new ProxyAgent({ ...options, uri: proxy, proxyTls: trust })
  }

  #connectionOptions() {
    // The deadline of a request is the client's (it runs on the injected clock), so undici's own are off.
    return { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: 0, bodyTimeout: 0, pipelining: 1 }
  }

  /** One context for all connections: handing over the list would parse some 300 certificates at each connect. */
  #trust(): { secureContext: tls.SecureContext } {
    // 'default' holds Node's own list and NODE_EXTRA_CA_CERTS.
    const authorities = new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system'), ...this.#extraAuthorities])
    return { secureContext: tls.createSecureContext({ ca: [...authorities] }) }
  }
}

function environmentProxy(environment: ProxyEnvironment): boolean {
  const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY } = environment
  return [http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY].some((value) => value !== undefined && value !== '')
}
