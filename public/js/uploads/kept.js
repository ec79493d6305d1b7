/**
 * What a browser keeps of uploads that are not done, so that they go on after a reload: their records, and where it can
 * their files. Without a place to keep them, uploads last as long as the page.
 *
 * A file that was dropped comes with a handle, which is kept as it is. Of one that was chosen, the browser keeps a copy;
 * that takes room, so only where there is plenty.
 */

const NAME = "media-jobs-uploads";
const COPY_BYTES_MAX = 4 * 1024 ** 3;
const ROOM_LEFT = 4; // Of the room that the browser gives, at most a quarter.

let opening = null;

function database() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("records", { keyPath: "id" });
      request.result.createObjectStore("files");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function inStore(name, mode, act, fallback) {
  try {
    const transaction = (await database()).transaction(name, mode);
    const request = act(transaction.objectStore(name));
    return await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } catch {
    return fallback;
  }
}

export const records = () => inStore("records", "readonly", (store) => store.getAll(), []);
export const keepRecord = (record) => inStore("records", "readwrite", (store) => store.put(record));
export const fileOf = (id) => inStore("files", "readonly", (store) => store.get(id));

export async function forget(id) {
  await inStore("records", "readwrite", (store) => store.delete(id));
  await inStore("files", "readwrite", (store) => store.delete(id));
}

/** Keep a file, or its handle, until `forget`. */
export async function keepFile(id, file, handle) {
  if (handle) return inStore("files", "readwrite", (store) => store.put(handle, id));
  const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.().catch(() => ({}))) ?? {};
  if (file.size > COPY_BYTES_MAX || file.size > (quota - usage) / ROOM_LEFT) return undefined;
  return inStore("files", "readwrite", (store) => store.put(file, id));
}
