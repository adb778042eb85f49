// Builds the page into dist/. With a directory as argument, writes uncompressed files there instead, for comparison.
import { build } from 'esbuild';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const [plain] = process.argv.slice(2);
const target = plain ?? 'dist';

// Permitted licences. .ci/licences has the same list for Go modules.
const permitted = ['MIT', 'ISC', 'Apache-2.0', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause'];

// notices returns the full licence texts of all bundled packages.
async function notices(inputs) {
  const packages = new Set();
  for (const input of Object.keys(inputs)) {
    const [name] = /^(@[^/]+\/)?[^/]+/.exec(input.split('node_modules/').at(-1)) ?? [];
    if (input.includes('node_modules/')) {
      packages.add(join(input.slice(0, input.lastIndexOf('node_modules/')), 'node_modules', name));
    }
  }
  const texts = [];
  for (const directory of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    if (!permitted.includes(license)) {
      throw new Error(`${name} ${version} has the licence ${license}, which is not permitted`);
    }
    const files = (await readdir(directory)).filter((file) => /^(licen[cs]e|notice|thirdpartynotices)/i.test(file)).sort();
    const wording = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
    texts.push([`${name} ${version}: ${license}`, ...wording].join('\n\n').trim().replaceAll('\r\n', '\n'));
  }
  return `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

const { outputFiles, metafile } = await build({
  entryPoints: {
    main: 'src/main.jsx',
    'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
    'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
    'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
  },
  outdir: 'dist',
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022'],
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.ttf': 'file' },
  assetNames: '[name]',
  legalComments: 'none', // licences.txt contains them
  metafile: true,
  logLevel: 'warning',
  write: false,
});

// Remove files of earlier builds.
await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const files = outputFiles.map(({ path, contents }) => [basename(path), contents]);
files.push(['licences.txt', await notices(metafile.inputs)]);
for (const [name, contents] of files) {
  await (plain ? writeFile(join(target, name), contents) : writeFile(join(target, `${name}.gz`), gzipSync(contents, { level: 9 })));
}
