// Uploads that are under way, kept in the browser (IndexedDB) so that they go on after a reload: the
// file's bytes, and the address on the server to which they go.
//
//   const store = await UploadStore.open();
//   const key = await store.add({ project, file, address: '' });
//   for (const upload of await store.list(project)) go_on(upload);
//
// Where the browser has no room for a file it is sent all the same, and forgotten with the page.

export interface KeptUpload { key: number; project: string; file: File; address: string }

function done<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export class UploadStore {
  private constructor(private readonly database: IDBDatabase) {}

  static async open(name = 'glossator-uploads'): Promise<UploadStore> {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('uploads', { keyPath: 'key', autoIncrement: true });
    return new UploadStore(await done(request));
  }

  private store(mode: IDBTransactionMode = 'readwrite'): IDBObjectStore {
    return this.database.transaction('uploads', mode).objectStore('uploads');
  }

  async add(upload: Omit<KeptUpload, 'key'>): Promise<number> {
    return Number(await done(this.store().add(upload)));
  }

  async set_address(key: number, address: string): Promise<void> {
    const store = this.store();
    const upload = await done(store.get(key)) as KeptUpload | undefined;
    if (upload) await done(store.put({ ...upload, address }));
  }

  async remove(key: number): Promise<void> {
    await done(this.store().delete(key));
  }

  // In the order in which they were begun.
  async list(project: string): Promise<KeptUpload[]> {
    const all = await done(this.store('readonly').getAll()) as KeptUpload[];
    return all.filter((upload) => upload.project === project);
  }
}
