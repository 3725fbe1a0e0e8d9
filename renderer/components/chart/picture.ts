import { colourOf, paletteOf } from './palette.ts'
import type { ChartSeries } from './series.ts'

const MARGIN = 20
const TITLE_HEIGHT = 30
const LEGEND_HEIGHT = 26

/** The chart with its title and legend as a PNG, in the colours of the theme in force. */
export async function chartPicture(canvas: HTMLCanvasElement, element: Element, title: string, series: readonly ChartSeries[]): Promise<Blob> {
  const palette = paletteOf(element)
  const scale = window.devicePixelRatio
  const picture = document.createElement('canvas')
  picture.width = canvas.width + 2 * MARGIN * scale
  picture.height = canvas.height + (2 * MARGIN + TITLE_HEIGHT + LEGEND_HEIGHT) * scale
  const context = picture.getContext('2d')
  if (context === null) throw new Error('This browser draws no pictures')
  context.fillStyle = palette.surface
  context.fillRect(0, 0, picture.width, picture.height)
  context.scale(scale, scale)
  context.textBaseline = 'middle'
  context.fillStyle = getComputedStyle(element).getPropertyValue('--tm-text')
  context.font = '600 15px system-ui, sans-serif'
  context.fillText(title, MARGIN, MARGIN + 8)
  context.font = '12px system-ui, sans-serif'
  let left = MARGIN
  for (const [index, { label }] of series.entries()) {
    context.fillStyle = colourOf(palette, series, index)
    context.fillRect(left, MARGIN + TITLE_HEIGHT + 4, 11, 11)
    context.fillStyle = palette.text
    context.fillText(label, left + 17, MARGIN + TITLE_HEIGHT + 10)
    left += 17 + context.measureText(label).width + 18
  }
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.drawImage(canvas, MARGIN * scale, (MARGIN + TITLE_HEIGHT + LEGEND_HEIGHT) * scale)
  return await new Promise((resolve, reject) => {
    picture.toBlob((blob) => (blob === null ? reject(new Error('The picture could not be made')) : resolve(blob)), 'image/png')
  })
}
