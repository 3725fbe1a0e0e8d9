import type { DeliveryRoute, ItemKind, RouteTrouble } from '../../../../shared/contract/console.ts'
import type { Clock, Random } from '../../base/clock.ts'
import type { InFlightItem } from '../queue/delivery-port.ts'
import {
  afterOther,
  afterRefusal,
  afterStored,
  nextProbe,
  type RefusedCall,
  routeOf,
  routesOf,
  type Trouble,
  type TroubleVerdict,
  without,
} from './route-trouble.ts'

/**
 * The routes of one workspace that are in trouble. In memory only: after a restart the first answer of such a route finds it
 * out again, and nothing was rejected meanwhile.
 */
export class RouteTroubles {
  readonly #clock: Clock
  readonly #random: Random
  readonly #byRoute = new Map<DeliveryRoute, Trouble>()

  constructor({ clock, random }: { clock: Clock; random: Random }) {
    this.#clock = clock
    this.#random = random
  }

  get(route: DeliveryRoute): Trouble | null {
    return this.#byRoute.get(route) ?? null
  }

  any(kind: ItemKind): boolean {
    return this.#byRoute.size > 0 && routesOf(kind).some((route) => this.#byRoute.has(route))
  }

  /** For the page: only what waits for its route. */
  shown(): RouteTrouble[] {
    return [...this.#byRoute].flatMap(([route, { status, code, message, since, nextAt, allTried, blocked }]) =>
      blocked ? [{ route, status, code, message, since, nextAt, allTried }] : [],
    )
  }

  refused(batch: readonly InFlightItem[], words: Omit<RefusedCall, 'sequences'>): { verdict: TroubleVerdict; nextAt: number } {
    const route = this.#routeOf(batch)
    const now = this.#clock.now()
    const { verdict, trouble } = afterRefusal(this.get(route), { ...words, sequences: sequencesOf(batch) }, now, this.#random)
    this.#set(route, trouble)
    return { verdict, nextAt: trouble?.nextAt ?? now }
  }

  /** Answers whether a route that was blocked is open again. */
  stored(batch: readonly InFlightItem[], searching: boolean): boolean {
    const route = this.#routeOf(batch)
    const known = this.get(route)
    if (known === null) return false
    this.#set(route, afterStored(known, sequencesOf(batch), searching))
    return known.blocked
  }

  other(batch: readonly InFlightItem[]): void {
    const route = this.#routeOf(batch)
    const known = this.get(route)
    if (known !== null) this.#set(route, afterOther(known, this.#clock.now()))
  }

  /** The platform judged what was sent (a full meter, say), so the route works; or nothing is left of what was in trouble. */
  over(route: DeliveryRoute): void {
    this.#byRoute.delete(route)
  }

  overFor(batch: readonly InFlightItem[]): void {
    this.over(this.#routeOf(batch))
  }

  probe(route: DeliveryRoute, waiting: readonly number[]): number | null {
    const known = this.get(route)
    const next = known === null ? null : nextProbe(known, waiting)
    if (next !== null) this.#set(route, next.trouble)
    return next?.sequence ?? null
  }

  forget(route: DeliveryRoute, sequences: readonly number[]): void {
    const known = this.get(route)
    if (known !== null) this.#set(route, without(known, sequences))
  }

  /** Something new waits on a route of which all else was tried: it may be what is stored. Not more often than the back-off begins with. */
  probeBy(route: DeliveryRoute, at: number): void {
    const known = this.get(route)
    if (known !== null && known.nextAt > at) this.#set(route, { ...known, nextAt: at })
  }

  #set(route: DeliveryRoute, trouble: Trouble | null): void {
    if (trouble === null) this.#byRoute.delete(route)
    else this.#byRoute.set(route, trouble)
  }

  #routeOf(batch: readonly InFlightItem[]): DeliveryRoute {
    const [first] = batch
    return first ? routeOf(first.item) : 'envelopes'
  }
}

function sequencesOf(batch: readonly InFlightItem[]): number[] {
  return batch.map(({ item }) => item.sequence)
}
