import { crc32, deflateSync } from 'node:zlib'
import type { TrayTone } from './worst-meter.ts'

type Colour = readonly [red: number, green: number, blue: number]
const colours: Record<TrayTone, Colour> = { calm: [86, 180, 218], amber: [226, 164, 60], red: [224, 74, 68], unknown: [139, 150, 161] }
const black: Colour = [0, 0, 0]
const track = 0.35
/** Samples per pixel and direction, against jagged edges. */
const samples = 4

export type GaugeInput = {
  tone: TrayTone
  /** 0 to 100 */
  percent: number
  sizePixels: number
  /** macOS colours the icon of its menu bar by itself: only how opaque it is counts. */
  template: boolean
}

/** A ring that fills clockwise from the top; full of red it is a disc, so that colour is not the only sign. PNG bytes. */
export function drawGauge({ tone, percent, sizePixels, template }: GaugeInput): Buffer {
  const colour = template ? black : colours[tone]
  const centre = sizePixels / 2
  const outer = sizePixels * 0.47
  const inner = tone === 'red' && percent >= 100 ? 0 : sizePixels * 0.27
  const pixels = Buffer.alloc(sizePixels * sizePixels * 4)
  for (let y = 0; y < sizePixels; y += 1) {
    for (let x = 0; x < sizePixels; x += 1) {
      let opacity = 0
      for (let sample = 0; sample < samples * samples; sample += 1) {
        const dx = x + ((sample % samples) + 0.5) / samples - centre
        const dy = y + (Math.floor(sample / samples) + 0.5) / samples - centre
        const distance = Math.hypot(dx, dy)
        if (distance > outer || distance < inner) continue
        const turn = (Math.atan2(dx, -dy) / (2 * Math.PI) + 1) % 1
        opacity += turn * 100 < percent ? 1 : track
      }
      pixels.set([...colour, Math.round((opacity / (samples * samples)) * 255)], (y * sizePixels + x) * 4)
    }
  }
  return encodePng(pixels, sizePixels)
}

/** RGBA, eight bits a channel, no filter, no interlacing (PNG specification, third edition). */
function encodePng(pixels: Buffer, sizePixels: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(sizePixels, 0)
  header.writeUInt32BE(sizePixels, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const lineBytes = sizePixels * 4
  const lines = Buffer.alloc(sizePixels * (lineBytes + 1))
  for (let y = 0; y < sizePixels; y += 1) pixels.copy(lines, y * (lineBytes + 1) + 1, y * lineBytes, (y + 1) * lineBytes)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.byteLength, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
