import type { NativeImage } from 'electron'
import { refuseUnknown } from '../surface.ts'

type Known = Pick<NativeImage, 'addRepresentation' | 'getSize' | 'isEmpty' | 'isTemplateImage' | 'setTemplateImage' | 'toPNG'>

/** The bytes as they came: nothing here can draw. */
function image(png: Buffer, scaleFactor: number): NativeImage {
  let template = false
  const known: Known = {
    toPNG: () => png,
    isEmpty: () => png.length === 0,
    // Width and height stand at these places of every PNG.
    getSize: () => (png.length < 24 ? { width: 0, height: 0 } : { width: png.readUInt32BE(16) / scaleFactor, height: png.readUInt32BE(20) / scaleFactor }),
    // For screens of another density, which a screen that is not there never is.
    addRepresentation() {},
    setTemplateImage(is) {
      template = is
    },
    isTemplateImage: () => template,
  }
  return refuseUnknown('NativeImage', known) as NativeImage
}

export const nativeImage = refuseUnknown('nativeImage', {
  createEmpty: () => image(Buffer.alloc(0), 1),
  createFromBuffer: (png: Buffer, { scaleFactor = 1 }: { scaleFactor?: number } = {}) => image(png, scaleFactor),
})
