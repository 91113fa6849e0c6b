// The text that pdf.js finds in a PDF, as a reader in a browser would mark it.
//
//   node words.mjs NODE_MODULES FILE   ->   [{width, height, items: [{text, x, y, height}]}], one a page
//
// x and y are points from the page's upper left corner to the beginning of the item's baseline.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const [modules, file] = process.argv.slice(2);
console.log = console.error;  // where pdf.js warns
const pdfjs = createRequire(resolve(modules) + '/')('pdfjs-dist/legacy/build/pdf.js');

const pdf = await pdfjs.getDocument({
  data: new Uint8Array(readFileSync(file)),
  useSystemFonts: false,
  isEvalSupported: false,
  verbosity: 0,
}).promise;

const pages = [];
for (let number = 1; number <= pdf.numPages; ++number) {
  const page = await pdf.getPage(number);
  const view = page.getViewport({ scale: 1 });
  const { items } = await page.getTextContent();
  pages.push({
    width: view.width,
    height: view.height,
    items: items.filter((item) => item.str.trim()).map((item) => {
      const [x, y] = view.convertToViewportPoint(item.transform[4], item.transform[5]);
      return { text: item.str, x, y, height: item.height };
    }),
  });
}
process.stdout.write(JSON.stringify(pages));
