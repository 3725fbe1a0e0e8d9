/**
 * The first envelope of every lane, lowest sequence first. Taking one keeps its lane closed until `openNext`, because a
 * push carries one revision of a memory. A binary heap: a lane of 100,000 revisions must not cost a scan per push.
 */
export class LaneHeads {
  /** Per index: the next index of the same lane, or -1. */
  readonly #following: Int32Array
  readonly #heap: number[] = []
  #waiting: number[] = []

  constructor(lanes: ArrayLike<number>) {
    this.#following = new Int32Array(lanes.length).fill(-1)
    const lastOfLane = new Map<number, number>()
    for (let index = 0; index < lanes.length; index += 1) {
      const lane = lanes[index] ?? 0
      const last = lastOfLane.get(lane)
      // Indexes rise, so pushing them in order already makes a heap.
      if (last === undefined) this.#heap.push(index)
      else this.#following[last] = index
      lastOfLane.set(lane, index)
    }
  }

  /** Index of the next envelope, or -1 when every lane is closed or empty. */
  peek(): number {
    return this.#heap[0] ?? -1
  }

  /** Takes what `peek` shows; the one behind it in its lane waits for `openNext`. */
  take(): void {
    const taken = this.#heap[0]
    if (taken === undefined) return
    const last = this.#heap.pop() ?? taken
    if (this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink()
    }
    const next = this.#following[taken] ?? -1
    if (next >= 0) this.#waiting.push(next)
  }

  /** Opens the lanes that were closed since the last call. */
  openNext(): void {
    for (const index of this.#waiting) {
      this.#heap.push(index)
      this.#rise()
    }
    this.#waiting = []
  }

  #rise(): void {
    const heap = this.#heap
    let place = heap.length - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (this.#at(parent) <= this.#at(place)) return
      this.#swap(parent, place)
      place = parent
    }
  }

  #sink(): void {
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      const right = left + 1
      let smallest = place
      if (this.#at(left) < this.#at(smallest)) smallest = left
      if (this.#at(right) < this.#at(smallest)) smallest = right
      if (smallest === place) return
      this.#swap(smallest, place)
      place = smallest
    }
  }

  #at(place: number): number {
    return this.#heap[place] ?? Number.POSITIVE_INFINITY
  }

  #swap(one: number, other: number): void {
    const kept = this.#at(one)
    this.#heap[one] = this.#at(other)
    this.#heap[other] = kept
  }
}
