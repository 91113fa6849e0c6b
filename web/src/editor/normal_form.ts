// The normal form of a value as it stands on paper: 21.11.2026 is "2026-11-21", 1.249,50 € is
// "1249.50". Only where there is one way to read it; else nothing.

const months = ['jan', 'feb', 'm(?:ar|är|rz)', 'apr', 'ma[iy]', 'jun', 'jul', 'aug', 'sep', 'o[ck]t',
  'nov', 'de[cz]'].map((start) => new RegExp(`^${start}`, 'i'));

const two = (number: number): string => String(number).padStart(2, '0');

function as_date(year: number, month: number, day: number): string | null {
  const full = year < 100 ? 2000 + year : year;
  const date = new Date(Date.UTC(full, month - 1, day));
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real && full >= 1000 ? `${full}-${two(month)}-${two(day)}` : null;
}

function normal_date(text: string): string | null {
  let found = text.match(/^(\d{4})-(\d{2})-(\d{2})$/);
  if (found) return as_date(+found[1], +found[2], +found[3]);
  found = text.match(/^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})$/);
  if (found) return as_date(+found[3], +found[2], +found[1]);
  found = text.match(/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/);
  // 03/04/2026 is March or April, depending on the country.
  if (found) return +found[1] > 12 ? as_date(+found[3], +found[2], +found[1]) : null;
  found = text.match(/^(\d{1,2})\.?\s+(\p{L}{3,9})\.?,?\s+(\d{4})$/u);
  if (found) return named_month(found[2], +found[3], +found[1]);
  found = text.match(/^(\p{L}{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})$/u);
  return found ? named_month(found[1], +found[3], +found[2]) : null;
}

function named_month(name: string, year: number, day: number): string | null {
  const month = months.findIndex((start) => start.test(name));
  return month < 0 ? null : as_date(year, month + 1, day);
}

function normal_amount(text: string): string | null {
  const money = /^(?:[€$£]|EUR|USD|GBP|CHF)?\s?([-–]?\s?\d[\d.,'’\s]*?)\s?(?:[€$£]|EUR|USD|GBP|CHF)?$/i;
  const found = text.match(money);
  const digits = found?.[1].replace(/[\s'’]/g, '').replace('–', '-');
  if (!digits) return null;
  const parts = digits.match(/^(-?)(\d{1,3}(?:([.,])\d{3})(?:\3\d{3})*|\d+)(?:([.,])(\d{2}))$/);
  if (!parts || parts[3] === parts[4] && parts[3] !== undefined) return null;
  return `${parts[1]}${parts[2].replace(/[.,]/g, '')}.${parts[5]}`;
}

export function normal_form(text: string): string | null {
  const trimmed = text.trim();
  return normal_date(trimmed) ?? normal_amount(trimmed);
}
