import assert from 'node:assert/strict';
import test from 'node:test';
import { normal_form } from '../../../web/src/editor/normal_form';

const cases: Record<string, string | null> = {
  '21.11.2026': '2026-11-21', '1. 2. 26': '2026-02-01', '21 November 2026': '2026-11-21',
  'Nov 21, 2026': '2026-11-21', '3. März 2026': '2026-03-03', '2026-11-21': '2026-11-21',
  '31/12/2026': '2026-12-31', '03/04/2026': null, '31.02.2026': null,
  '1.249,50 €': '1249.50', '$1,249.50': '1249.50', 'EUR 12,00': '12.00', "CHF 1'200.00": '1200.00',
  '-3,10': '-3.10', '1.249': null, '12': null, 'Total': null, '': null,
};

for (const [text, expected] of Object.entries(cases)) {
  test(`${text || 'nothing'} is ${expected}`, () => assert.equal(normal_form(text), expected));
}
