export type Rectangle = { x: number; y: number; width: number; height: number }
export type WindowPlace = Rectangle & { maximized: boolean }

export const smallestWindow = { width: 720, height: 480 }
const firstSize = { width: 1280, height: 840 }
/** So much of the top edge must be on a screen, or nobody can take hold of the window and drag it back. */
const graspWidth = 120
const graspHeight = 32

/**
 * Where the window opens: where it was, if that can still be reached; else in the middle of the first screen, at its old size where that fits.
 *
 * @param workAreas of the screens there are, in device-independent pixels; the first is the primary one
 */
export function placeWindow(remembered: WindowPlace | null, workAreas: readonly Rectangle[]): WindowPlace {
  const [primary] = workAreas
  const wanted = remembered ?? { ...firstSize, x: 0, y: 0, maximized: false }
  if (primary === undefined) return { ...wanted, width: firstSize.width, height: firstSize.height }
  const home = (remembered !== null && workAreas.find((area) => canBeGrasped(remembered, area))) || null
  const size = {
    width: between(smallestWindow.width, Math.round(wanted.width), (home ?? primary).width),
    height: between(smallestWindow.height, Math.round(wanted.height), (home ?? primary).height),
  }
  if (home !== null) return { ...size, x: Math.round(wanted.x), y: Math.round(wanted.y), maximized: wanted.maximized }
  return {
    ...size,
    x: primary.x + Math.max(0, Math.round((primary.width - size.width) / 2)),
    y: primary.y + Math.max(0, Math.round((primary.height - size.height) / 2)),
    maximized: wanted.maximized,
  }
}

function canBeGrasped(window: Rectangle, area: Rectangle): boolean {
  const shared = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x)
  return shared >= graspWidth && window.y >= area.y - graspHeight / 2 && window.y + graspHeight <= area.y + area.height
}

/** A screen that is smaller than the smallest window gets the smallest window. */
function between(least: number, wanted: number, most: number): number {
  return Math.max(least, Math.min(wanted, most))
}
