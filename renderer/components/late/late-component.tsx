import { type ComponentType, type ReactNode, useEffect, useState } from 'react'

export type LateComponent<Props> = ComponentType<Props> & {
  /** Fetches it beforehand. A failure is no trouble: whoever shows it asks again. */
  preload(): void
}

/**
 * A component whose code comes when it is first shown, or a moment before; once it is there, it renders at once. React's own `lazy` holds
 * what comes late back for another 300 ms, remembers a failure for ever, and shows its fallback for a moment even when everything is there.
 *
 * @param fallback stands in its place meanwhile
 * @throws while rendering, when the code cannot be fetched; shown again, it is asked for again
 */
export function lateComponent<Props extends object>(load: () => Promise<ComponentType<Props>>, fallback: ReactNode = null): LateComponent<Props> {
  let loaded: ComponentType<Props> | null = null
  let loading: Promise<ComponentType<Props>> | null = null

  function fetchOnce(): Promise<ComponentType<Props>> {
    loading ??= load().then(
      (component) => {
        loaded = component
        return component
      },
      (error: unknown) => {
        loading = null
        throw error
      },
    )
    return loading
  }

  function Late(props: Props) {
    const [Component, setComponent] = useState(() => loaded)
    const [failure, setFailure] = useState<{ error: unknown } | null>(null)
    useEffect(() => {
      if (Component !== null) return
      let isShown = true
      fetchOnce().then(
        (component) => void (isShown && setComponent(() => component)),
        (error: unknown) => void (isShown && setFailure({ error })),
      )
      return () => {
        isShown = false
      }
    }, [Component])
    if (failure !== null) throw failure.error
    return Component === null ? fallback : <Component {...props} />
  }

  return Object.assign(Late, { preload: () => void fetchOnce().catch(() => undefined) })
}
