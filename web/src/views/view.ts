// What every view of the page is, and what it is given by whoever shows it (main.ts).
import type * as api from '../api';

export type Parameters = Record<string, string>; // named parts of the address

export interface Surroundings {
  go: (url: string) => void; user: api.User;
  renew: () => Promise<void>; // after what one may do has changed
}

// Fills its place and answers what to do when it is left, or nothing.
export type View = (place: HTMLElement, parameters: Parameters, around: Surroundings) =>
  Promise<(() => void) | void>;
