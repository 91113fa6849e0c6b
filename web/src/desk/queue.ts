// From document to document: the next one is asked for, and fetched, while the last one is still there.
import * as api from '../api';
import { prepare_document } from './opening';

export class Queue {
  private coming: Promise<api.Next> | null = null;

  constructor(private readonly at: api.ProjectAt, private readonly work: api.Work,
    private readonly here: string) {}

  prefetch(): void {
    this.coming ??= api.take_next(this.at, this.work, this.here).then((next) => {
      if (next.document) prepare_document({ ...this.at, id: next.document.id });
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
