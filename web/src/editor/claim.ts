// Which tab a session belongs to. A session whose tab has gone can be claimed by another one.
//
//   const release = await claim(session);     // null: a living tab has it
//
// The browser's own locks end with the tab, however it ends. They are there on https and localhost
// only; elsewhere a sign of life in localStorage does it.

const sign_every = 2000;
const dead_after = 3 * sign_every;

export async function claim(session: string): Promise<(() => void) | null> {
  return navigator.locks ? claim_lock(session) : claim_by_sign(session);
}

function claim_lock(session: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    void navigator.locks.request(`glossator-session-${session}`, { ifAvailable: true }, (lock) => {
      if (!lock) {
        resolve(null);
        return undefined;
      }
      return new Promise<void>((release) => resolve(release));
    });
  });
}

function claim_by_sign(session: string): (() => void) | null {
  const name = `glossator-session-${session}`;
  if (Date.now() - Number(localStorage.getItem(name)) < dead_after) return null;
  const sign = () => localStorage.setItem(name, String(Date.now()));
  sign();
  const timer = setInterval(sign, sign_every);
  return () => {
    clearInterval(timer);
    localStorage.removeItem(name);
  };
}
