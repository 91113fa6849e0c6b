// Runs tests/web/unit/*_test.ts with Node's own test runner; esbuild, which Vite brings, makes
// JavaScript of them. Exits 77 where the page was built elsewhere.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const web = join(here, '..', '..', 'web');
if (!existsSync(join(web, 'node_modules', 'esbuild'))) {
  console.error('SKIPPED: web/node_modules is not there');
  process.exit(77);
}
const { build } = createRequire(join(web, 'package.json'))('esbuild');
// Browsers have it, Node only since 19.
const crypto = "import { webcrypto } from 'node:crypto'; globalThis.crypto ??= webcrypto;";
const out = mkdtempSync(join(tmpdir(), 'glossator-web-'));
try {
  const tests = readdirSync(join(here, 'unit')).filter((name) => name.endsWith('_test.ts'));
  await build({ entryPoints: tests.map((name) => join(here, 'unit', name)), outdir: out, bundle: true,
    platform: 'node', format: 'esm', outExtension: { '.js': '.mjs' }, banner: { js: crypto },
    nodePaths: [join(web, 'node_modules')] });
  const files = readdirSync(out).map((name) => join(out, name));
  process.exitCode = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(out, { recursive: true });
}
