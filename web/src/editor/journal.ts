// What a person does, kept in the browser (IndexedDB) before anything else happens to it.
//
//   const journal = await Journal.open();
//   await journal.add(place, session, stroke);
//   await journal.set_base(place, session, base);     // the server has everything up to base.through
//
// `place` is a document as one user sees it; `session` is one tab's work on it. A session that died
// with its tab is found again by sessions() and taken over: with everything that can be undone.
import type { Annotation, Change } from './annotation';

// One action of a person: the unit of undo. Ids are ULIDs, so they sort as they were made.
export interface Stroke {
  id: string;
  changes: Change[];
  undoes?: string;
  redoes?: string;
}

// What was sent to be saved and has not been answered: the page with all strokes up to `through`.
export interface Attempt { through: string; annotations: Annotation[] }

// A page as the server had it, and the last stroke that it had taken in then.
export interface PageBase {
  page: number; etag: string; annotations: Annotation[]; through: string; attempt?: Attempt;
}

interface StrokeRecord { place: string; session: string; stroke: Stroke; id: string }
interface BaseRecord extends PageBase { place: string; session: string }

const kept_strokes = 1000;

function done<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

export class Journal {
  private constructor(private readonly database: IDBDatabase) {}

  static async open(name = 'glossator'): Promise<Journal> {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const { result } = request;
      result.createObjectStore('strokes', { keyPath: ['place', 'session', 'id'] });
      result.createObjectStore('bases', { keyPath: ['place', 'session', 'page'] });
    };
    return new Journal(await done(request));
  }

  async add(place: string, session: string, stroke: Stroke): Promise<void> {
    const transaction = this.database.transaction('strokes', 'readwrite');
    transaction.objectStore('strokes').put({ place, session, id: stroke.id, stroke });
    await finished(transaction);
  }

  async set_base(place: string, session: string, base: PageBase): Promise<void> {
    const transaction = this.database.transaction('bases', 'readwrite');
    transaction.objectStore('bases').put({ place, session, ...base });
    await finished(transaction);
  }

  async strokes(place: string, session: string): Promise<Stroke[]> {
    const records = await this.all<StrokeRecord>('strokes', [place, session]);
    return records.map((record) => record.stroke);
  }

  bases(place: string, session: string): Promise<BaseRecord[]> {
    return this.all<BaseRecord>('bases', [place, session]);
  }

  // Newest first.
  async sessions(place: string): Promise<string[]> {
    const records = await this.all<BaseRecord>('bases', [place]);
    return [...new Set(records.map((record) => record.session))].sort().reverse();
  }

  async forget(place: string, session: string): Promise<void> {
    const transaction = this.database.transaction(['strokes', 'bases'], 'readwrite');
    for (const store of ['strokes', 'bases']) {
      transaction.objectStore(store).delete(within([place, session]));
    }
    await finished(transaction);
  }

  // Undo does not reach back for ever. The caller knows that the server has the old strokes.
  async trim(place: string, session: string): Promise<void> {
    const strokes = await this.strokes(place, session);
    const oldest = strokes.at(-kept_strokes);
    if (!oldest) return;
    const transaction = this.database.transaction('strokes', 'readwrite');
    transaction.objectStore('strokes')
      .delete(IDBKeyRange.bound([place, session], [place, session, oldest.id], false, true));
    await finished(transaction);
  }

  private all<Record>(store: string, start: string[]): Promise<Record[]> {
    const objects = this.database.transaction(store).objectStore(store);
    return done(objects.getAll(within(start))) as Promise<Record[]>;
  }
}

// All keys that begin so: in IndexedDB's order a list stands above every text.
const within = (start: string[]): IDBKeyRange => IDBKeyRange.bound(start, [...start, []]);
