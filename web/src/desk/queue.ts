// From document to document: the next one is asked for, and fetched, while the last one is still there.
import * as api from '../api';

export class Queue {
  private coming: Promise<api.Next> | null = null;

  constructor(private readonly at: api.ProjectAt, private readonly work: api.Work,
    private readonly here: string) {}

  // Warms the browser's cache with what the next document is made of.
  prefetch(): void {
    this.coming ??= api.take_next(this.at, this.work, this.here).then((next) => {
      if (next.document) void warm({ ...this.at, id: next.document.id });
      return next;
    });
    this.coming.catch(() => {
      this.coming = null;
    });
  }

  async next(): Promise<api.Document | null> {
    this.prefetch();
    return (await this.coming!).document;
  }
}

async function warm(at: api.DocumentAt): Promise<void> {
  const image = new Image();
  image.src = await api.image(at, 1);
  await Promise.all([api.document_of(at), api.words(at, 1), image.decode()]).catch(() => {});
}
