// What a document is made of, fetched all at once; and ahead of time what will be opened next.
//
//   const opening = open_document(at, page);        takes what was prepared, else asks now
//   const { about, schema } = await opening.document;
//   const { words, annotations, image } = await opening.page(1);
//   prepare_document(next);                         while somebody still looks at this one
//
// Annotations that came ahead of time may be old by the time they are looked at: `is_early` says so.
import * as api from '../api';
import { PageWords } from '../editor/words';

export interface PageParts { words: PageWords; annotations: api.Versioned; image: string; is_early: boolean }

export class Opening {
  readonly document: Promise<{ about: api.Document; schema: api.Schema }>;
  private readonly coming = new Map<number, Promise<PageParts>>();

  constructor(private readonly at: api.DocumentAt) {
    this.document = Promise.all([api.document_of(at), api.schema(at)])
      .then(([about, schema]) => ({ about, schema }));
  }

  // A page is handed out once; who comes back to it gets it fresh.
  page(number: number): Promise<PageParts> {
    const parts = this.coming.get(number) ?? fetch_page(this.at, number, false);
    this.coming.delete(number);
    return parts;
  }

  prepare(page: number, is_early = true): void {
    if (this.coming.has(page)) return;
    const parts = fetch_page(this.at, page, is_early);
    this.coming.set(page, parts);
    parts.catch(() => this.coming.delete(page));
  }
}

async function fetch_page(at: api.DocumentAt, page: number, is_early: boolean): Promise<PageParts> {
  const [words, annotations, image] = await Promise.all([api.words(at, page), api.annotations(at, page),
    api.image(at, page)]);
  return { words: new PageWords(words), annotations, image, is_early };
}

interface Prepared { id: string; opening: Opening; image: HTMLImageElement }
let next: Prepared | null = null;

export function prepare_document(at: api.DocumentAt): void {
  if (next?.id === at.id) return;
  const opening = new Opening(at);
  opening.prepare(1);
  opening.document.catch(() => {
    next = null;
  });
  next = { id: at.id, opening, image: decoded_image(at) };
}

// The browser keeps an image that it has decoded for as long as somebody holds it.
function decoded_image(at: api.DocumentAt): HTMLImageElement {
  const image = new Image();
  void api.image(at, 1).then((address) => {
    image.src = address;
    return image.decode();
  }).catch(() => {});
  return image;
}

export function open_document(at: api.DocumentAt, page: number): Opening {
  const opening = next?.id === at.id ? next.opening : new Opening(at);
  next = null;
  opening.prepare(page, false);
  return opening;
}
