// Which tab a session belongs to. A session whose tab has gone can be claimed by another one.
//
//   const release = await claim(session);         // null: a living tab has it
//   const release = await claim(session, 2000);   // null: it has it, and kept it for two seconds more
//
// The browser's own locks end with the tab, however it ends. They are there on https and localhost
// only; elsewhere a sign of life in localStorage does it. A page that is loaded again may meet the
// lock of the page that it was, which goes a moment later: hence the patience.

const sign_every = 2000;
const dead_after = 3 * sign_every;

export async function claim(session: string, patience = 0): Promise<(() => void) | null> {
  return navigator.locks ? claim_lock(session, patience) : claim_by_sign(session);
}

function claim_lock(session: string, patience: number): Promise<(() => void) | null> {
  const how: LockOptions = patience ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true };
  return new Promise((resolve) => {
    navigator.locks.request(`glossator-session-${session}`, how, (lock) => {
      if (!lock) {
        resolve(null);
        return undefined;
      }
      return new Promise<void>((release) => resolve(release));
    }).catch(() => resolve(null)); // the patience is at its end
  });
}

function claim_by_sign(session: string): (() => void) | null {
  const name = `glossator-session-${session}`;
  if (Date.now() - Number(localStorage.getItem(name)) < dead_after) return null;
  const sign = () => localStorage.setItem(name, String(Date.now()));
  sign();
  const timer = setInterval(sign, sign_every);
  const release = () => {
    clearInterval(timer);
    localStorage.removeItem(name);
  };
  window.addEventListener('pagehide', (event) => event.persisted || release());
  return release;
}
