// The texts of the page in the language of whoever reads it: their choice, else their browser's.
import { de } from './de';
import { en, type Texts } from './en';

export type { Texts };

export const languages: Record<string, Texts> = { en, de };

function chosen(): string {
  const wanted = [localStorage.getItem('language'), ...navigator.languages];
  return wanted.map((name) => name?.slice(0, 2) ?? '').find((name) => name in languages) ?? 'en';
}

export const locale = chosen();
export const t: Texts = languages[locale];

// A name that the server uses (a state, a field) as people say it.
export function named(names: Record<string, string>, name: string): string {
  return names[name] ?? name.replaceAll('_', ' ');
}

export const number = (value: number): string => new Intl.NumberFormat(locale).format(value);
// 28.11., or with the year.
export const date_of = (date: Date, length: 'short' | 'long'): string => new Intl.DateTimeFormat(locale,
  length === 'short' ? { day: 'numeric', month: 'short', timeZone: 'UTC' } : { dateStyle: 'full', timeZone: 'UTC' })
  .format(date);
export const size_text = (bytes: number): string => {
  const [unit, size] = bytes < 1e6 ? ['kilobyte', 1e3] : bytes < 1e9 ? ['megabyte', 1e6] : ['gigabyte', 1e9];
  return new Intl.NumberFormat(locale, { style: 'unit', unit: unit as string, maximumFractionDigits: 1 })
    .format(bytes / (size as number));
};
export const list_of = (parts: readonly string[]): string =>
  new Intl.ListFormat(locale, { type: 'conjunction' }).format(parts);
