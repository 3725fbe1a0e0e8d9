export type DoubleEvent = { readonly defaultPrevented: boolean; preventDefault(): void }

/** Electron's event object: what a listener can do with it is `preventDefault`. */
export function makeEvent(): DoubleEvent
export function makeEvent<T extends object>(details: T): DoubleEvent & T
export function makeEvent(details: object = {}): DoubleEvent {
  let prevented = false
  const event = {
    get defaultPrevented() {
      return prevented
    },
    preventDefault() {
      prevented = true
    },
  }
  return Object.defineProperties(event, Object.getOwnPropertyDescriptors(details))
}
