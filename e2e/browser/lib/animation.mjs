import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const encoder = await readFile(createRequire(import.meta.url).resolve('gifenc').replace(/gifenc\.js$/, 'gifenc.esm.js'), 'utf8');

// animation returns screenshots as a GIF that repeats, each shown for a number of milliseconds. The browser decodes them.
export async function animation(browser, screenshots, delay) {
  const page = await browser.newPage();
  const encoded = await page.evaluate(async ([source, images, time]) => {
    const { GIFEncoder, quantize, applyPalette } = await import(`data:text/javascript;base64,${source}`);
    const gif = GIFEncoder();
    let palette; // of all frames
    for (const image of images) {
      const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${image}`)).blob());
      const { width, height } = bitmap;
      const context = new OffscreenCanvas(width, height).getContext('2d');
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      palette ??= quantize(data, 64);
      gif.writeFrame(applyPalette(data, palette), width, height, { palette, delay: time });
    }
    gif.finish();
    return gif.bytes().toBase64?.() ?? btoa(gif.bytes().reduce((text, byte) => text + String.fromCharCode(byte), ''));
  }, [Buffer.from(encoder).toString('base64'), screenshots.map((image) => image.toString('base64')), delay]);
  await page.close();
  return Buffer.from(encoded, 'base64');
}
