// Builds the page into dist/, and the list of the packages in it, packages.json. With a directory as argument, writes the files
// there instead, uncompressed, for comparison.
import { build } from 'esbuild';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const [plain] = process.argv.slice(2);
const target = plain ?? 'dist';

// Permitted licences. tools/licences has the list for Go modules.
const permitted = ['MIT', 'ISC', 'Apache-2.0', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause'];
// Of two licences, this project uses the permitted one.
const chosen = { '(MPL-2.0 OR Apache-2.0)': 'Apache-2.0' };

// Copies of other projects within files of packages. The notices of monaco-editor have the licences of its copies.
const copies = [
  { name: 'marked', type: 'npm', file: 'monaco-editor/esm/vs/base/common/marked/marked.js', version: /^\/\*\*\s+\* marked v([\d.]+)/, license: 'MIT' },
  { name: 'vscode-codicons', type: 'generic', file: 'monaco-editor/esm/vs/base/browser/ui/codicons/codicon/codicon.ttf', license: 'CC-BY-4.0' },
  { name: 'fira-code', type: 'generic', file: 'graphiql/dist/style.css', license: 'OFL-1.1', text: 'licences/fira-code.txt' },
  { name: 'roboto', type: 'generic', file: 'graphiql/dist/style.css', license: 'Apache-2.0', text: 'node_modules/dompurify/LICENSE' },
];

// monaco-editor contains an old copy of DOMPurify. The bundle has the package instead, which can be updated.
const ownDOMPurify = {
  name: 'dompurify',
  setup(builder) {
    builder.onLoad({ filter: /monaco-editor.esm.vs.base.browser.dompurify.dompurify\.js$/ }, () => ({
      contents: `import purify from 'dompurify';
        export default purify;
        export const { addHook, removeHook, sanitize } = purify;`,
      resolveDir: '.',
    }));
  },
};

// packagesOf returns the packages and the copies whose files are in the bundle, with their licence texts.
async function packagesOf(inputs) {
  const locked = JSON.parse(await readFile('package-lock.json', 'utf8')).packages;
  const directories = new Set();
  for (const input of inputs) {
    const [name] = /^(@[^/]+\/)?[^/]+/.exec(input.split('node_modules/').at(-1)) ?? [];
    if (input.includes('node_modules/')) {
      directories.add(join(input.slice(0, input.lastIndexOf('node_modules/')), 'node_modules', name));
    }
  }
  const packages = [];
  for (const directory of [...directories].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    if (!permitted.includes(chosen[license] ?? license)) {
      throw new Error(`${name} ${version} has the licence ${license}, which is not permitted`);
    }
    const files = (await readdir(directory)).filter((file) => /^(licen[cs]e|notice|thirdpartynotices)(?!-mpl)/i.test(file)).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
    packages.push({ name, type: 'npm', version, license: chosen[license] ?? license, integrity: locked[directory].integrity, texts });
  }
  for (const { name, type, file, version, license, text } of copies) {
    const path = [...inputs].find((input) => input.endsWith(`node_modules/${file}`));
    if (!path) {
      throw new Error(`${file} is not in the bundle: remove the copy of ${name}`);
    }
    const [, found] = version?.exec(await readFile(path, 'utf8')) ?? [];
    if (version && !found) {
      throw new Error(`${file} does not name the version of ${name}`);
    }
    packages.push({ name, type, version: found, license, within: file, texts: text ? [await readFile(text, 'utf8')] : [] });
  }
  return packages;
}

// checkBanners fails if a file begins with the name and version of another package: a copy that is not in the list.
async function checkBanners(inputs, packages) {
  for (const input of inputs) {
    const [, name] = /^\s*\/\*[!*]?[\s*]*(?:@license\s+)?([\w.-]+) v?\d+\.\d+\.\d+/.exec(await readFile(input, 'utf8')) ?? [];
    if (name && !packages.some((known) => known.name === name.toLowerCase())) {
      throw new Error(`${input} contains ${name}, which is not in the list of copies`);
    }
  }
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
  plugins: [ownDOMPurify],
  legalComments: 'none', // licences.txt contains them
  metafile: true,
  logLevel: 'warning',
  write: false,
});

const inputs = Object.keys(metafile.inputs);
const packages = await packagesOf(inputs);
await checkBanners(inputs, packages);
const notices = packages.map(({ name, version, license, within, texts }) =>
  [`${name} ${version ?? `in ${within}`}: ${license}`, ...texts].join('\n\n').trim().replaceAll('\r\n', '\n'));
const list = packages.map(({ texts, ...entry }) => entry);

// Remove files of earlier builds.
await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const files = outputFiles.map(({ path, contents }) => [basename(path), contents]);
files.push(['licences.txt', `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`]);
for (const [name, contents] of files) {
  await (plain ? writeFile(join(target, name), contents) : writeFile(join(target, `${name}.gz`), gzipSync(contents, { level: 9 })));
}
await writeFile(plain ? join(target, 'packages.json') : 'packages.json', `${JSON.stringify(list, null, 2)}\n`);
